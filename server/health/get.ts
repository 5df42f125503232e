import { contract } from "../../contract/index.ts";
import { instant, instantOrNull } from "../billing/clock.ts";
import { answered, asOperator } from "../http/handler.ts";
import { loadCondition } from "../store/health.ts";
import { alertsOf } from "./alerts.ts";

export const getHealthHandler = asOperator.route(contract.health.get, async (_, context) => {
  const { db, wall } = context.deps;
  const now = wall();
  const found = await loadCondition(db, now);
  return answered(context, 200, {
    now: instant(now),
    alerts: [...alertsOf(found, now)],
    customers: { waitingSince: instantOrNull(found.dueSince), stuck: found.stuck },
    readers: found.readers.map(({ reader, unreadSince }) => ({ reader, unreadSince: instantOrNull(unreadSince) })),
    deliveries: { waitingSince: instantOrNull(found.deliverySince), disabledEndpoints: found.disabledEndpoints },
    reconciledUntil: found.reconciledUntil,
    openExceptions: found.openExceptions,
    collecting: found.collecting,
    breakerUntil: instantOrNull(found.breakerUntil),
  });
});
