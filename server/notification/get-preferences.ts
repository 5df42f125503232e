import { contract } from "../../contract/index.ts";
import { answered, asCustomer } from "../http/handler.ts";
import { listPreferences } from "../store/notification-preferences.ts";
import { presentPreferences } from "./present.ts";

export const getPreferences = asCustomer.route(contract.notifications.getPreferences, async (_, context) => {
  const chosen = await listPreferences(context.deps.db, context.caller.customerId);
  return answered(context, 200, { preferences: presentPreferences(chosen) });
});
