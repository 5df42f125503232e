// The parts of `npm run bench` at a tiny size: that each does the work it is timed for. How long that takes is no matter here.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it } from "vitest";
import { endpointsIn } from "../../scripts/bench/endpoints.ts";
import { mountsIn } from "../../scripts/bench/mounts.ts";
import { renewedBy } from "../../scripts/bench/renewals.ts";
import { missed } from "../../scripts/bench/targets.ts";
import { copyDatabase, fill } from "../../scripts/measure/fill.ts";
import { readMigrations } from "../support/migrations.ts";
import { openSqlite, sqliteD1 } from "../support/sqlite-d1.ts";
import type { Template } from "./renewals.ts";
import worker from "./worker.ts";

let folder: string;
let open: readonly DatabaseSync[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sarresid-bench-"));
  using empty = openSqlite(readMigrations());
  for (const name of ["ours", "bare"]) writeFileSync(fileOf(name), empty.serialize());
  openBoth();
});

afterEach(() => {
  closeBoth();
  rmSync(folder, { recursive: true });
});

const fileOf = (name: string) => join(folder, `${name}.sqlite`);

function openBoth(): void {
  open = [new DatabaseSync(fileOf("ours")), new DatabaseSync(fileOf("bare"))];
  for (const database of open) database.exec("PRAGMA synchronous = OFF");
  const [ours, bare] = open.map(sqliteD1);
  Object.assign(env, { DB: ours, BARE: bare });
}

function closeBoth(): void {
  for (const database of open) database.close();
}

const ask = async (path: string) => (await worker.fetch(new Request(`http://bench.test${path}`))).json();

it("mounts answer both requests, each beside the raw one", async () => {
  const mounts = await mountsIn({ ask }, 1, 2);
  expect(Object.keys(mounts)).toEqual(["raw+zod", "ours", "ts-rest", "orpc", "trpc"]);
});

it("renewals are made twice: by the consumer, and by its statements alone", async () => {
  const template = (await ask("/renewals?do=template")) as Template;
  closeBoth();
  fill(fileOf("ours"), template, { customers: 7, dueAt: template.dueAt });
  copyDatabase(fileOf("ours"), fileOf("bare"));
  openBoth();
  const { renewed, roundTripsEach } = await renewedBy({ ask }, template.dueAt, 7);
  expect(renewed).toBe(7);
  // Two scans for all of them; alone, a renewal takes seven round trips with its own two.
  expect(roundTripsEach).toBeCloseTo(5 + 2 / 7);
});

it("endpoints send their statements, which are sent again alone", async () => {
  const endpoints = await endpointsIn({ ask }, 1, { state: 1, reserve: 1, list: 1, subscribe: 1 });
  const roundTrips = Object.entries(endpoints).map(([name, { roundTrips }]) => [name, roundTrips]);
  expect(Object.fromEntries(roundTrips)).toMatchObject({ state: 1, reserve: 1, list: 1 });
});

it("a target that is missed is told, and one that was not measured is not", () => {
  const beyond = (minimum: number) => ({ minimum, rounds: { median: minimum, least: minimum, most: minimum } });
  const mount = (get: number, post: number) => ({ get: beyond(get), post: beyond(post) });
  const others = { "ts-rest": mount(29, 50), orpc: mount(25, 26), trpc: mount(63, 80) };
  expect(missed({ mounts: { ours: mount(10, 20), ...others } })).toEqual([]);
  expect(missed({ mounts: { ours: mount(10.1, 26.1), ...others } })).toEqual([
    "the mount alone, GET, µs over raw: 10.1, not 10.0",
    "the mount alone, POST, µs over raw: 26.1, not 20.0",
    "the mount alone, POST, beside orpc: 26.1, not 26.0",
  ]);
  expect(missed({})).toEqual([]);
});
