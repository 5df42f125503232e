import { contract } from "../../contract/index.ts";
import { idFromSeed } from "../billing/ids.ts";
import { sumSigned } from "../billing/money.ts";
import type { PayoutLine } from "../billing/payout.ts";
import type { Deps } from "../deps.ts";
import { answered, asOperator } from "../http/handler.ts";
import { problemOf } from "../http/problem.ts";
import type { Actor } from "../store/commit.ts";
import { atHome, inEachDatabase } from "../store/databases.ts";
import { findPayout, importPayout, linesOf, listPayoutDifferences, type NewPayout } from "../store/payout.ts";
import { parsePayout } from "./parse.ts";
import { presentPayout } from "./present.ts";

export const createPayout = asOperator.route(contract.payouts.create, async ({ body }, context) => {
  const { deps, caller, requestId, resourceSeed } = context;
  const lines = parsePayout(body.csv);
  if ("errors" in lines) {
    const detail = "The file cannot be read; nothing of it was imported.";
    return problemOf("validation_failed", { requestId, detail, errors: lines.errors });
  }
  const id = idFromSeed("po", resourceSeed, 0);
  const fileHash = await deps.sha256(body.csv);
  const imported: Imported[] = [];
  for (const part of deps.databases ? await partsOf(atHome(deps), lines) : [{ deps, lines }]) {
    const order = { id, lines: part.lines, fileHash, reason: body.reason };
    imported.push(await importPart(part.deps, order, `operator:${caller.userId}`));
  }
  return answered(context, 201, imported.reduce(together));
});

interface Part {
  readonly deps: Deps;
  readonly lines: readonly PayoutLine[];
}

/** The file is of all databases: each takes the lines about its own payments, home what is nobody's as well. */
async function partsOf(home: Deps, lines: readonly PayoutLine[]): Promise<readonly Part[]> {
  const parts: Part[] = [];
  let left = lines;
  for (const deps of inEachDatabase(home).slice(1)) {
    const own = await linesOf(deps.db, left);
    left = left.filter((line) => !own.includes(line));
    if (own.length > 0) parts.push({ deps, lines: own });
  }
  return left.length > 0 || parts.length === 0 ? [{ deps: home, lines: left }, ...parts] : parts;
}

type Imported = Awaited<ReturnType<typeof importPart>>;

/** Imports what was not imported by an earlier try of the same request. */
async function importPart(deps: Deps, order: NewPayout, actor: Actor) {
  if (!(await findPayout(deps.db, order.id))) await importPayout(deps, order, actor);
  const payout = await findPayout(deps.db, order.id);
  if (!payout) throw new Error(`${order.id} was imported but cannot be read`);
  return { ...presentPayout(payout), differences: await listPayoutDifferences(deps.db, order.id) };
}

function together(one: Imported, other: Imported): Imported {
  return {
    ...one,
    lineCount: one.lineCount + other.lineCount,
    matchedCount: one.matchedCount + other.matchedCount,
    differenceCount: one.differenceCount + other.differenceCount,
    alreadyImportedCount: one.alreadyImportedCount + other.alreadyImportedCount,
    paidOutRials: sumSigned([one.paidOutRials, other.paidOutRials]),
    feeDifferenceRials: sumSigned([one.feeDifferenceRials, other.feeDifferenceRials]),
    differences: [...one.differences, ...other.differences].toSorted((a, b) => a.line - b.line),
  };
}
