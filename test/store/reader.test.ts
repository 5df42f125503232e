// Readers of the log: every event at least once, in the order of commits, whoever else reads.
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { moveReader, readLog } from "../../server/store/reader.ts";
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
