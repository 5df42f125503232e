import { contract } from "../../contract/index.ts";
import { dateOfDay, dayOfDate } from "../billing/calendar.ts";
import { idFromSeed } from "../billing/ids.ts";
import { answered, asOperator } from "../http/handler.ts";
import { problemOf } from "../http/problem.ts";
import { findExport, orderExport } from "../store/finance-export.ts";
import { summedThrough } from "../store/finance.ts";
import { presentExport } from "./present.ts";

const sharedBucket = 0;
const mostDays = 366;

export const createExport = asOperator.route(contract.financeExports.create, async ({ body }, context) => {
  const { deps, requestId, resourceSeed } = context;
  const refusal = refusalOf(body, await summedThrough(deps.db));
  if (refusal) {
    const { field, detail } = refusal;
    const errors = [{ pointer: `/body/${field}`, code: "out_of_range", detail }];
    return problemOf("validation_failed", { requestId, detail, errors });
  }
  const id = idFromSeed("exp", resourceSeed, sharedBucket);
  await orderExport(deps.db, { id, fromDay: body.from, toDay: body.to, createdAt: deps.wall() });
  const ordered = await findExport(deps.db, id);
  if (!ordered) throw new Error(`${id} was ordered but cannot be read`);
  return answered(context, 201, presentExport(ordered));
});

/** Why a period cannot be exported: what has not been summed up may change yet. */
function refusalOf(
  { from, to }: { readonly from: string; readonly to: string },
  summed: Awaited<ReturnType<typeof summedThrough>>,
): { readonly field: "from" | "to"; readonly detail: string } | null {
  const days = dayOfDate(to) - dayOfDate(from) + 1;
  if (days < 1) return { field: "to", detail: "Must not be before `from`." };
  if (days > mostDays) return { field: "from", detail: `A period has at most ${mostDays} days.` };
  if (summed !== null && dayOfDate(to) <= summed) return null;
  const known = summed === null ? "No day has" : `Days through ${dateOfDay(summed)} have`;
  return { field: "to", detail: `${known} been summed up.` };
}
