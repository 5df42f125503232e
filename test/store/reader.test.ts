// Readers of the log: every event at least once, in the order of commits, whoever else reads.
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { drizzle } from "drizzle-orm/d1";
import { wallMs } from "../../server/billing/clock.ts";
import { loadAgenda } from "../../server/store/agenda.ts";
import { hasUnreadOf, isToRead, moveReader, readLog } from "../../server/store/reader.ts";
import { systemState } from "../../server/store/schema.ts";
import { aPrice } from "../support/catalogue.ts";
import { aWorld } from "../support/world.ts";

const types = ["product.created", "price.created"] as const;

test("a reader sees each event once, in the order of commits, page by page", async () => {
  const world = aWorld();
  await aPrice(world);
  await aPrice(world);

  const first = await readLog(env.DB, "notices", { types, limit: 3 });
  const last = first.events.at(-1)?.position ?? 0;
  expect(await moveReader(env.DB, "notices", { from: first.cursor, to: last })).toBe(true);
  const second = await readLog(env.DB, "notices", { types, limit: 3 });

  const positions = [...first.events, ...second.events].map(({ position }) => position);
  expect(positions).toEqual([1, 2, 3, 4]);
});

test("of two runs of one reader only one moves the cursor", async () => {
  const { cursor } = await readLog(env.DB, "metrics", { types, limit: 1 });
  const moves = await Promise.all([1, 2].map(() => moveReader(env.DB, "metrics", { from: cursor, to: cursor + 1 })));
  expect(moves.filter(Boolean)).toHaveLength(1);
});

test("readers do not disturb each other: a new one begins at the beginning", async () => {
  expect((await readLog(env.DB, "exports", { types, limit: 1 })).events[0]?.position).toBe(1);
});

test("what is not for a reader it passes by, and stands right before what is", async () => {
  const onlyPrices = await readLog(env.DB, "prices", { types: ["price.created"], limit: 1 });
  expect(onlyPrices).toMatchObject({ cursor: 1, events: [{ position: 2, type: "price.created" }] });

  const nothing = await readLog(env.DB, "payments", { types: ["payment.succeeded"], limit: 1 });
  expect(nothing).toEqual({ cursor: 4, events: [] });
});

test("nobody is woken by a log without news and without an endpoint", async () => {
  const world = aWorld();
  expect(await loadAgenda(env.DB, wallMs(world.now()))).toMatchObject({ notices: false, deliveries: false });
});

test("a reader is woken by what is for it alone, and by so much else that its cursor is to be moved", async () => {
  const isWoken = async (reader: string, type: "price.created" | "payment.succeeded") => {
    const when = isToRead(reader, hasUnreadOf(reader, [type]));
    const [row] = await drizzle(env.DB).select({ when }).from(systemState);
    return row?.when === 1;
  };
  expect(await isWoken("somebody", "price.created")).toBe(true);
  expect(await isWoken("somebody", "payment.succeeded")).toBe(false);
  await env.DB.exec("INSERT INTO reader_cursor (reader, position) VALUES ('read it all', 4)");
  expect(await isWoken("read it all", "price.created")).toBe(false);
  await env.DB.exec(
    `INSERT INTO billing_event (position, id, stream, seq, epoch, type, version, at, actor, data, prev_hash, hash)
    SELECT 505, 'evt_later', 'elsewhere', 1, epoch, 'refund.asked', version, at, actor, data, prev_hash, hash FROM billing_event WHERE position = 1`.replaceAll(
      "\n",
      " ",
    ),
  );
  expect(await isWoken("read it all", "payment.succeeded")).toBe(true);
  expect(await isWoken("somebody", "payment.succeeded")).toBe(true);
});
