// A ZarinPal that runs on your machine, as one function from Request to Response. It knows the gateway's wire from
// zarinpal.md alone and nothing of the server, so that the two cannot share a misreading.

import { Hono } from "hono";

import { answerCall, deskOf, type House, type LoggedCall, respond } from "./calls.ts";
import { controlRoutes, takeBack } from "./control-routes.ts";
import { refusal } from "./envelope.ts";
import { type FaultOrder, plan } from "./faults.ts";
import { type Body, isRecord } from "./fields.ts";
import { answerGraphql } from "./graphql.ts";
import { type Ledger, type LedgerEntry, ledgerOf } from "./ledger.ts";
import { payoutCsv } from "./payouts.ts";
import { callNames, type Snapshot } from "./records.ts";
import { configure, defaultSettings, type Settings, type SettingsPatch } from "./settings.ts";
import { decidePayment, showPayment } from "./start-pay.ts";
import { decideContract, showContract } from "./start-payman.ts";
import { clear, emptyState, restore, snapshotOf } from "./state.ts";

export type { FaultOrder, Ledger, LedgerEntry, LoggedCall, Settings, SettingsPatch };

export type SimulatorOptions = {
  /** Milliseconds since 1970; every window, counter and late effect follows it. */
  now: () => number;
  /** In [0, 1). A seeded one replays every authority and signature. */
  random: () => number;
  /** Where browsers reach the pages, for the index page. */
  publicUrl: string;
  /** The only known merchant; without it every well-formed id is known. */
  merchantId?: string;
  /** How a "delay" waits. */
  sleep?: (ms: number) => Promise<void>;
  /** What an earlier run's `snapshot()` gave. */
  restored?: unknown;
  /** Told after every change, before the answer leaves. */
  onChange?: (snapshot: () => Snapshot) => void;
  /** Opens the callback a second time for `callback: "duplicate"`; without it the browser's own visit is the only one. */
  visit?: (url: string) => void;
};

export type Simulator = {
  /** Rejects with TypeError("network") where a fault drops the connection. */
  fetch: (request: Request) => Promise<Response>;
  /** Live: read it freely, change it by assignment or by `configure`, which checks. */
  settings: Settings;
  configure: (patch: SettingsPatch) => void;
  fault: (order: FaultOrder) => void;
  /** The bank gives a captured payment back to the payer, as POST /control/reverse does. Throws when none is captured. */
  reverse: (authority: string) => void;
  ledger: () => LedgerEntry[];
  /** The ledger with its sums, as GET /ledger shows it. */
  totals: () => Ledger;
  /** The settlement file of `[from, to)`, as GET /control/payouts.csv gives it; milliseconds since 1970. */
  payoutCsv: (from: number, to: number) => string;
  calls: () => readonly LoggedCall[];
  snapshot: () => Snapshot;
  /** Forgets everything, settings and faults included. */
  reset: () => void;
};

/** In UTF-16 units: whoever runs a simulator is not out to fill its memory. */
const maxBodyLength = 64 * 1024;

class BodyTooLarge extends Error {
  override readonly name = "BodyTooLarge";
}

/** A simulator with its own memory. Throws a ZodError when `restored` is no snapshot. */
export function createSimulator(options: SimulatorOptions): Simulator {
  const house = houseOf(options);
  if (options.restored !== undefined) restore(house.state, house.settings, options.restored);
  const reset = () => resetHouse(house, options.merchantId);
  const app = appOf(house, options.publicUrl, reset);
  const totals = () => ledgerOf(deskOf(house).state.ledger);
  return {
    fetch: async (request) => app.fetch(request),
    settings: house.settings,
    configure: (patch) => configure(house.settings, patch),
    fault: (order) => plan(house.plans, order),
    reverse: (authority) => takeBack(house, authority),
    ledger: () => totals().entries,
    totals,
    payoutCsv: (from, to) => payoutCsv(deskOf(house).state.ledger, { from, to }),
    calls: () => house.calls,
    snapshot: () => snapshotOf(house.state, house.settings),
    reset,
  };
}

function houseOf(options: SimulatorOptions): House {
  const house: House = {
    state: emptyState(),
    settings: defaultSettings(options.merchantId),
    plans: [],
    calls: [],
    now: options.now,
    random: options.random,
    sleep: options.sleep ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms))),
    changed: () => options.onChange?.(() => snapshotOf(house.state, house.settings)),
    visit: options.visit ?? (() => undefined),
  };
  return house;
}

function resetHouse(house: House, merchantId: string | undefined): void {
  clear(house.state);
  Object.assign(house.settings, defaultSettings(merchantId));
  house.plans.length = 0;
  house.calls.length = 0;
  house.changed();
}

function appOf(house: House, publicUrl: string, reset: () => void): Hono {
  const app = new Hono();
  for (const call of callNames.filter((name) => !name.startsWith("graphql/"))) {
    const method = call === "payman/banksList" ? "GET" : "POST";
    app.on(method, `/pg/v4/${call}.json`, async (c) => answerCall(house, call, await jsonOf(c.req.raw)));
  }
  app.post("/api/v4/graphql/", async (c) =>
    answerGraphql(house, c.req.header("authorization") ?? null, await jsonOf(c.req.raw)),
  );
  pageRoutes(app, house);
  app.route("/", controlRoutes(house, reset));
  app.get("/", (c) =>
    c.text(
      `ZarinPal simulator at ${publicUrl}\n/ledger  /calls  /contracts  /control  /control/payouts.csv?from=&to=\n`,
    ),
  );
  app.notFound((c) => c.json({ message: "Not Found" }, 404));
  // A dropped connection must reach the caller as one, and a bug must not pass for an answer of the gateway.
  app.onError((error) => {
    if (!(error instanceof BodyTooLarge)) throw error;
    return respond(refusal(deskOf(house), -9, [{ body: "The body is too large." }]));
  });
  return app;
}

function pageRoutes(app: Hono, house: House): void {
  const payPath = "/pg/StartPay/:authority";
  const signPath = "/pg/StartPayman/:paymanAuthority/:bankCode";
  app.get(payPath, (c) => showPayment(house, c.req.param("authority")));
  app.post(payPath, async (c) => decidePayment(house, c.req.param("authority"), await actionOf(c.req.raw)));
  app.get(signPath, (c) => showContract(house, c.req.param()));
  app.post(signPath, async (c) => decideContract(house, c.req.param(), await actionOf(c.req.raw)));
}

/** The body as an object; anything else becomes an empty one, whose missing fields are the -9. */
async function jsonOf(request: Request): Promise<Body> {
  if (request.method === "GET") return {};
  const text = await request.text();
  if (text.length > maxBodyLength) throw new BodyTooLarge();
  try {
    const body: unknown = JSON.parse(text);
    return isRecord(body) ? body : {};
  } catch {
    return {};
  }
}

async function actionOf(request: Request): Promise<string> {
  const form = new URLSearchParams(new TextDecoder().decode(await request.arrayBuffer()));
  return form.get("action") ?? "";
}
