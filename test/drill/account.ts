// The reckoning of the drill: every sum that the gateway has ever taken or given back, against what our books say of it.
import { env } from "cloudflare:workers";
import { verifyAuditFile } from "../../scripts/audit/verify.ts";
import type { AuditExport, AuditKey } from "../../contract/audit-export.ts";
import type { Exception } from "../../contract/exception.ts";
import { checkInvariants } from "../../server/store/invariants.ts";
import type { Operator } from "../support/operator.ts";
import { publicUrl, type World } from "../support/world.ts";
import type { Subscriber } from "../support/subscriber.ts";

export interface Line {
  readonly who: string;
  /** Of the gateway's book: a sum that was taken, and what became of it. */
  readonly gateway: string;
  readonly ours: string;
  readonly verdict: "agrees" | "credit" | "went back" | "DIFFERS";
}

export interface Account {
  readonly lines: readonly Line[];
  /** What is left in the operators' queue, in words. */
  readonly exceptions: readonly string[];
  /** What must not be; empty when the drill went well. */
  readonly differences: readonly string[];
}

interface Known {
  readonly people: ReadonlyMap<string, Subscriber>;
  readonly operator: Operator;
  /** Authorities whose money an operator has given as credit. */
  readonly credited: readonly string[];
}

interface PaymentRow {
  readonly authority: string;
  readonly status: string;
  readonly customer_id: string;
  readonly ref_id: string | null;
  readonly amount_rials: number;
  readonly refunded_rials: number;
}

export async function accountOf(world: World, { people, operator, credited }: Known): Promise<Account> {
  const nameOf = (customerId: string) =>
    [...people].find(([, person]) => person.customerId === customerId)?.[0] ?? customerId;
  const { results: payments } = await env.DB.prepare(
    "SELECT * FROM payment WHERE authority IS NOT NULL",
  ).all<PaymentRow>();
  const ours = new Map(payments.map((payment) => [payment.authority, payment]));
  const sessions = new Map(world.simulator.snapshot().sessions.map((session) => [session.authority, session]));
  const ownerOf = (authority: string) => sessions.get(authority)?.description.split(" ")[2] ?? "";
  const lines = world.simulator.ledger().map((entry): Line => {
    const customerId = ownerOf(entry.authority);
    const payment = ours.get(entry.authority);
    const gateway = `${entry.kind} ${entry.refId} ${entry.state}`;
    const who = nameOf(customerId);
    if (payment)
      return { who, gateway, ours: payment.status, verdict: agrees(entry.state, payment) ? "agrees" : "DIFFERS" };
    if (entry.state === "returned") return { who, gateway, ours: "never known", verdict: "went back" };
    const isCredit = credited.includes(entry.authority);
    return { who, gateway, ours: isCredit ? "credit" : "unknown", verdict: isCredit ? "credit" : "DIFFERS" };
  });
  const taken = new Set(world.simulator.ledger().map(({ authority }) => authority));
  const exceptions = (await operator.call<Exception[]>("GET", "/v1/operator/exceptions?limit=100")).body.data;
  return {
    lines,
    exceptions: exceptions.map(
      ({ kind, customerId, evidence }) =>
        `${kind} of ${nameOf(customerId ?? "")}, ${evidence.length} pieces of evidence`,
    ),
    differences: [
      ...lines
        .filter(({ verdict }) => verdict === "DIFFERS")
        .map(({ who, gateway, ours: say }) => `${who}: ${gateway}, we say ${say}`),
      ...payments
        .filter(({ authority, status }) => status === "succeeded" && !taken.has(authority))
        .map(({ authority }) => `${authority} was never taken`),
      ...(await chargedTwice(world, people, ownerOf)),
      ...(await brokenInvariants()),
      ...(await brokenChains(operator, people)),
      ...(await brokenFiles(world, operator)),
    ],
  };
}

function agrees(state: string, { status }: PaymentRow): boolean {
  if (status === "succeeded") return state === "captured";
  if (status === "refunded") return state === "refunded";
  return status === "surplus" ? state !== "held" : state === "returned" || state === "reversed";
}

/** What the gateway has taken of each and kept, or we have given back, against what their periods cost. */
async function chargedTwice(
  world: World,
  people: ReadonlyMap<string, Subscriber>,
  ownerOf: (authority: string) => string,
): Promise<readonly string[]> {
  const { results } = await env.DB.prepare(
    `SELECT customer_id AS customerId, SUM(total_rials) AS owed FROM invoice WHERE status = 'paid' GROUP BY 1`,
  ).all<{ customerId: string; owed: number }>();
  const owed = new Map(results.map((row) => [row.customerId, row.owed]));
  return [...people].flatMap(([name, { customerId }]) => {
    const taken = world.simulator
      .ledger()
      .filter(
        ({ state, authority }) => (state === "captured" || state === "refunded") && ownerOf(authority) === customerId,
      )
      .reduce((sum, { amountRials }) => sum + amountRials, 0);
    const cost = owed.get(customerId) ?? 0;
    return taken === cost ? [] : [`${name} was charged ${taken} Rials for periods of ${cost}`];
  });
}

async function brokenInvariants(): Promise<readonly string[]> {
  const checked = await checkInvariants(env.DB);
  return checked.flatMap(({ name, offenders }) =>
    offenders.map((offender) => `the invariant ${name}: ${JSON.stringify(offender)}`),
  );
}

async function brokenChains(operator: Operator, people: ReadonlyMap<string, Subscriber>): Promise<readonly string[]> {
  const checks = [...people].map(async ([name, { customerId }]) => {
    const { status, body } = await operator.call<{ verified: boolean }>(
      "GET",
      `/v1/operator/customers/${customerId}/chain`,
    );
    return status === 404 || body.data.verified ? [] : [`the chain of ${name} is broken`];
  });
  return (await Promise.all(checks)).flat();
}

/** Each file that the API tells of, and its link to the one before. */
async function brokenFiles(world: World, operator: Operator): Promise<readonly string[]> {
  const [key] = (await operator.call<AuditKey[]>("GET", "/v1/audit/keys")).body.data;
  const listed = (await operator.call<AuditExport[]>("GET", "/v1/audit/exports?limit=100")).body.data;
  const findings: string[] = [];
  let previous: Uint8Array | undefined;
  for (const { name } of listed.toReversed()) {
    const request = new Request(`${publicUrl}/v1/audit/exports/${name}/file`, {
      headers: { authorization: `Bearer ${operator.token}` },
    });
    const file = new Uint8Array(await (await world.fetch(request)).arrayBuffer());
    const verdict = await verifyAuditFile(file, { publicKey: key?.publicKey ?? "", previous });
    findings.push(...verdict.findings.map((finding) => `${name}: ${finding}`));
    previous = file;
  }
  if (listed.length === 0) findings.push("no file of the audit trail was made");
  return findings;
}
