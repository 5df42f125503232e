// Ends a session of the caller: for whoever lost a telephone.
import { contract } from "../../contract/index.ts";
import { answered, asCustomer } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { atHome } from "../store/databases.ts";
import { endSession } from "../store/sessions.ts";

export const revokeSession = asCustomer.route(contract.account.revokeSession, async ({ params }, context) => {
  const { sessionId } = params;
  const isEnded = await endSession(atHome(context.deps).db, context.caller.userId, sessionId);
  return isEnded ? answered(context, 200, { id: sessionId }) : refusal(context, "not_found");
});
