// The levers that the real gateway does not have: settings, faults, balances, the ledger, the log of calls.

import { Hono } from "hono";
import * as z from "zod";

import { type House, deskOf } from "./calls.ts";
import { plan } from "./faults.ts";
import { ledgerOf, reverseAtBank } from "./ledger.ts";
import { payoutCsv } from "./payouts.ts";
import { configure } from "./settings.ts";

const balanceSchema = z.strictObject({ mobile: z.string(), rials: z.int().min(0) });
const reverseSchema = z.strictObject({ authority: z.string() });
const spanSchema = z.object({ from: z.iso.datetime({ offset: true }), to: z.iso.datetime({ offset: true }) });
const revokeSchema = z.strictObject({ payman_authority: z.string() });

export function controlRoutes(house: House, reset: () => void): Hono {
  const app = new Hono();
  app.get("/ledger", (c) => c.json(ledgerOf(deskOf(house).state.ledger)));
  app.get("/calls", (c) => c.json({ calls: house.calls }));
  app.get("/contracts", (c) => c.json({ contracts: contractsOf(house) }));
  app.get("/control/payouts.csv", (c) => payouts(house, c.req.query()));
  app.get("/control", (c) => c.json({ settings: house.settings, faults: house.plans }));
  app.post("/control", (c) => changed(house, c.req.raw, (body) => configure(house.settings, body)));
  app.post("/control/faults", (c) => changed(house, c.req.raw, (body) => plan(house.plans, body)));
  app.post("/control/balance", (c) => changed(house, c.req.raw, (body) => setBalance(house, body)));
  app.post("/control/revoke", (c) => changed(house, c.req.raw, (body) => revoke(house, body)));
  app.post("/control/reverse", (c) =>
    changed(house, c.req.raw, (body) => takeBack(house, reverseSchema.parse(body).authority)),
  );
  app.post("/control/reset", (c) => changed(house, c.req.raw, () => reset()));
  return app;
}

/** A bank reversal: the payer has the money back, and nobody is told. Throws an Error when none is captured. */
export function takeBack(house: House, authority: string): void {
  reverseAtBank(deskOf(house), authority);
  house.changed();
}

/** Agreements without their signatures. */
function contractsOf(house: House) {
  return [...house.state.contracts.values()].map(({ signature: _secret, ...contract }) => contract);
}

/** The file between two instants such as 2026-12-01T00:00:00+03:30; 400 when one is missing or wrong. */
function payouts(house: House, query: unknown): Response {
  const span = spanSchema.safeParse(query);
  if (!span.success) return Response.json({ message: "from and to must be instants" }, { status: 400 });
  const file = payoutCsv(deskOf(house).state.ledger, {
    from: Date.parse(span.data.from),
    to: Date.parse(span.data.to),
  });
  return new Response(file, { headers: { "content-type": "text/csv; charset=utf-8" } });
}

async function changed(house: House, request: Request, change: (body: unknown) => void): Promise<Response> {
  deskOf(house);
  try {
    const text = await request.text();
    change(text === "" ? {} : JSON.parse(text));
  } catch (error) {
    const issues = error instanceof z.ZodError ? error.issues : [];
    return Response.json({ message: error instanceof Error ? error.message : "invalid", issues }, { status: 400 });
  }
  house.changed();
  return Response.json({ settings: house.settings, faults: house.plans });
}

function setBalance(house: House, body: unknown): void {
  const { mobile, rials } = balanceSchema.parse(body);
  configure(house.settings, { balances: { ...house.settings.balances, [mobile]: rials } });
}

/** The payer ends the agreement at the bank; nobody is told (§5.8). */
function revoke(house: House, body: unknown): void {
  const { payman_authority } = revokeSchema.parse(body);
  const contract = house.state.contracts.get(payman_authority);
  if (contract === undefined) throw new Error("no such agreement");
  contract.status = "REVOKED";
}
