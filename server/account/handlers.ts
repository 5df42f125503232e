// The account's handlers by their names in the contract.
import { eraseAccount } from "./erase.ts";
import { exportAccount } from "./export.ts";
import { getAccount } from "./get.ts";
import { listSessionsHandler } from "./list-sessions.ts";
import { revokeSession } from "./revoke-session.ts";

export const account = {
  get: getAccount,
  export: exportAccount,
  sessions: listSessionsHandler,
  revokeSession,
  erase: eraseAccount,
};
