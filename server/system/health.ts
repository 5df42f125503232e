import { contract } from "../../contract/index.ts";
import { instant } from "../billing/clock.ts";
import { answered, publicly } from "../http/handler.ts";
import { isCollecting } from "../store/system.ts";

export const getHealth = publicly.route(contract.system.health, async (_, context) => {
  await isCollecting(context.deps.db);
  return answered(context, 200, { status: "ok" as const, now: instant(context.deps.wall()) });
});
