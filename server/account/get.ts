// Who is signed in.
import { contract } from "../../contract/index.ts";
import { answered, asCustomer } from "../http/handler.ts";
import { atHome } from "../store/databases.ts";
import { findPerson } from "../store/user.ts";

export const getAccount = asCustomer.route(contract.account.get, async (_, context) => {
  const { userId, customerId } = context.caller;
  const { email, mobile } = await findPerson(atHome(context.deps).db, userId);
  return answered(context, 200, { userId, customerId, email, mobile: mobile === null ? null : hideMiddle(mobile) });
});

/** Example: 09123454567 is shown as 0912***4567. */
function hideMiddle(mobile: string): string {
  return `${mobile.slice(0, 4)}***${mobile.slice(-4)}`;
}
