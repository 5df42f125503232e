import { contract } from "../../contract/index.ts";
import { isAlwaysTold } from "../billing/notice.ts";
import { answered, asCustomer } from "../http/handler.ts";
import { problemOf } from "../http/problem.ts";
import { listPreferences, setPreferences, type Preference } from "../store/notification-preferences.ts";
import { presentPreferences } from "./present.ts";

const channels = ["email", "sms"] as const;

export const setPreferencesHandler = asCustomer.route(
  contract.notifications.setPreferences,
  async ({ body }, context) => {
    const { deps, caller, requestId } = context;
    const errors = body.preferences.flatMap(({ kind, ...wanted }, index) =>
      channels
        .filter((channel) => isAlwaysTold(kind) && wanted[channel] === false)
        .map((channel) => {
          const pointer = `/body/preferences/${index}/${channel}`;
          return { pointer, code: "custom", detail: `${kind} cannot be switched off.` };
        }),
    );
    if (errors.length > 0) return problemOf("validation_failed", { requestId, errors });
    const chosen = body.preferences.flatMap(({ kind, ...wanted }) =>
      channels.flatMap((channel): Preference[] => {
        const enabled = wanted[channel];
        return enabled === undefined ? [] : [{ kind, channel, enabled }];
      }),
    );
    await setPreferences(deps.db, caller.customerId, chosen);
    const now = await listPreferences(deps.db, caller.customerId);
    return answered(context, 200, { preferences: presentPreferences(now) });
  },
);
