import { contract } from "../../contract/index.ts";
import { instant, instantOrNull } from "../billing/clock.ts";
import { answered, asOperator } from "../http/handler.ts";
import { loadBreaker } from "../store/breaker.ts";
import { isCollecting } from "../store/system.ts";

export const getGateway = asOperator.route(contract.operator.getGateway, async (_, context) => {
  const { db, wall } = context.deps;
  const [collecting, { until, outcomes }] = await Promise.all([isCollecting(db), loadBreaker(db)]);
  const isOpen = until !== null && until > wall();
  const tripped = isOpen ? ("open" as const) : ("half_open" as const);
  return answered(context, 200, {
    collecting,
    breaker: until === null ? ("closed" as const) : tripped,
    openUntil: isOpen ? instantOrNull(until) : null,
    outcomes: outcomes.map(({ outcome, at }) => ({ outcome, at: instant(at) })),
  });
});
