import { contract } from "../../contract/index.ts";
import { tehranDay } from "../billing/calendar.ts";
import { billingMs, instant } from "../billing/clock.ts";
import { startOfDay, tehranDayOf } from "../billing/tehran.ts";
import { answered, asOperator } from "../http/handler.ts";
import { loadMetricDays } from "../store/metric-days.ts";
import { countUncounted } from "../store/metrics.ts";
import { presentMetrics } from "./present.ts";
import { askedSpan, spansOf } from "./spans.ts";

export const getMetrics = asOperator.route(contract.metrics.get, async ({ query }, context) => {
  const { deps } = context;
  const { by, productId = null, partnerId = null } = query;
  const isWhole = await countUncounted(deps);
  const now = deps.wall();
  const today = tehranDayOf(billingMs(now));
  const asked = askedSpan(query, today);
  const found = await loadMetricDays(deps.db, {
    from: asked.startsOn,
    to: asked.endsOn,
    endsAt: startOfDay(tehranDay(today + 1)),
    productId,
    partnerId,
  });
  const shown = presentMetrics(found, spansOf(asked, by));
  return answered(context, 200, { by, productId, partnerId, asOf: instant(now), isWhole, ...shown });
});
