import { contract } from "../../contract/index.ts";
import { decideChooseNotices, isAlwaysTold, type Preference } from "../billing/notice.ts";
import { isRejection } from "../billing/rejection.ts";
import { answered, asCustomer, refused } from "../http/handler.ts";
import { problemOf } from "../http/problem.ts";
import { listPreferences } from "../store/notification-preferences.ts";
import { transact } from "../store/transact.ts";
import { presentPreferences } from "./present.ts";

const channels = ["email", "sms"] as const;

export const setPreferencesHandler = asCustomer.route(
  contract.notifications.setPreferences,
  async ({ body }, context) => {
    const { deps, requestId } = context;
    const { customerId, userId } = context.caller;
    const errors = body.preferences.flatMap(({ kind, ...by }, index) =>
      channels
        .filter((channel) => isAlwaysTold(kind) && by[channel] === false)
        .map((channel) => {
          const pointer = `/body/preferences/${index}/${channel}`;
          return { pointer, code: "custom", detail: `${kind} cannot be switched off.` };
        }),
    );
    if (errors.length > 0) return problemOf("validation_failed", { requestId, errors });
    const wanted = body.preferences.flatMap(({ kind, ...by }) =>
      channels.flatMap((channel): Preference[] => {
        const enabled = by[channel];
        return enabled === undefined ? [] : [{ kind, channel, enabled }];
      }),
    );
    const chosen = await listPreferences(deps.db, customerId);
    const slice = await transact<never>(deps, {
      customerId,
      actor: `user:${userId}`,
      decide: (current) => decideChooseNotices(current, { id: customerId, userId }, { chosen, wanted }),
    });
    if (isRejection(slice)) return refused(context, slice);
    const now = await listPreferences(deps.db, customerId);
    return answered(context, 200, { preferences: presentPreferences(now) });
  },
);
