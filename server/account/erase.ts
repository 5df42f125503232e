// Forgets the person behind the caller. One commit does all of it but the texts in R2, which the next tick removes.
import { contract } from "../../contract/index.ts";
import { instant } from "../billing/clock.ts";
import { decideErasure } from "../billing/erasure.ts";
import { isRejection } from "../billing/rejection.ts";
import { endSession } from "../http/auth/session-cookie.ts";
import { answered, asCustomer, refused } from "../http/handler.ts";
import { atHome } from "../store/databases.ts";
import { eraseUser } from "../store/erasure.ts";
import { transact } from "../store/transact.ts";

export const eraseAccount = asCustomer.route(contract.account.erase, async (_, context) => {
  const { deps, caller, responseHeaders } = context;
  const { customerId, userId } = caller;
  const slice = await transact(deps, {
    customerId,
    actor: `user:${userId}`,
    decide: (current, now) => decideErasure(current, { id: customerId, userId }, now.wall),
  });
  if (isRejection(slice)) return refused(context, slice);
  if (deps.databases) await eraseUser(atHome(deps).db, customerId);
  const erasedAt = slice.state.customer?.erasedAt;
  if (!erasedAt) throw new Error(`${customerId} was erased and is not`);
  for (const cookie of endSession(deps)) responseHeaders.append("set-cookie", cookie);
  return answered(context, 200, { customerId, erasedAt: instant(erasedAt) });
});
