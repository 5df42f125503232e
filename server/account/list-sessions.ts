// Where the caller is signed in.
import { contract } from "../../contract/index.ts";
import { answered, asCustomer } from "../http/handler.ts";
import { atHome } from "../store/databases.ts";
import { listSessions } from "../store/sessions.ts";
import { presentSession } from "./present-session.ts";

export const listSessionsHandler = asCustomer.route(contract.account.sessions, async (_, context) => {
  const { deps, caller } = context;
  const sessions = await listSessions(atHome(deps).db, caller.userId, deps.wall());
  return answered(context, 200, sessions.map(presentSession));
});
