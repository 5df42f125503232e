// Facts across customers: of many who claim one, exactly one has it, until it is swept unconfirmed.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { after, minuteMs, wallMs } from "../../server/billing/clock.ts";
import { newCustomerId } from "../../server/billing/ids.ts";
import { runJobs } from "../../server/job/index.ts";
import { claimFact, countClaims, sweepClaims } from "../../server/store/claim.ts";
import { aWorld } from "../support/world.ts";

const now = wallMs(Date.parse("2026-11-22T08:00:00Z"));
const aCustomer = () => newCustomerId(now, (count) => crypto.getRandomValues(new Uint8Array(count)));

function aFact(customerId = aCustomer(), key: string = crypto.randomUUID()) {
  return { kind: "trial", key, customerId, expiresAt: after(now, minuteMs), among: null };
}

async function confirm({ kind, key }: { kind: string; key: string }) {
  await env.DB.prepare("UPDATE claim SET confirmed = 1 WHERE kind = ? AND key = ?").bind(kind, key).run();
}

describe("a claimed fact", () => {
  it("is exactly one customer's when twenty claim it at once", async () => {
    const key = crypto.randomUUID();
    const facts = Array.from({ length: 20 }, () => aFact(aCustomer(), key));
    const got = await Promise.all(facts.map((fact) => claimFact(env.DB, fact)));
    expect(got.filter((claimed) => claimed === "claimed")).toHaveLength(1);
    const winner = facts[got.indexOf("claimed")];
    expect(winner && (await claimFact(env.DB, winner))).toBe("claimed");
  });

  it("of another kind, or by another key, is another fact", async () => {
    const fact = aFact();
    expect(await claimFact(env.DB, fact)).toBe("claimed");
    expect(await claimFact(env.DB, { ...fact, kind: "coupon", customerId: aCustomer() })).toBe("claimed");
    expect(await claimFact(env.DB, aFact())).toBe("claimed");
  });

  it("that several may have is had by exactly so many when twenty claim it at once", async () => {
    const prefix = `${crypto.randomUUID()}:`;
    const facts = Array.from({ length: 20 }, () => {
      const customerId = aCustomer();
      return { ...aFact(customerId, prefix + customerId), among: { prefix, max: 3 } };
    });
    const got = await Promise.all(facts.map((fact) => claimFact(env.DB, fact)));
    expect(got.filter((claimed) => claimed === "claimed")).toHaveLength(3);
    expect(await countClaims(env.DB, "trial", [prefix])).toEqual(new Map([[prefix, 3]]));
  });

  it("is free again after its time when it was never confirmed, and not a moment before", async () => {
    const fact = aFact();
    await claimFact(env.DB, fact);
    await sweepClaims(env.DB, after(fact.expiresAt, -1));
    expect(await claimFact(env.DB, aFact(aCustomer(), fact.key))).toBe("taken");
    await sweepClaims(env.DB, fact.expiresAt);
    expect(await claimFact(env.DB, aFact(aCustomer(), fact.key))).toBe("claimed");
  });

  it("is kept for good once it is confirmed, and its owner is told so", async () => {
    const fact = aFact();
    await claimFact(env.DB, fact);
    await confirm(fact);
    await sweepClaims(env.DB, after(fact.expiresAt, 365 * 24 * 60 * minuteMs));
    expect(await claimFact(env.DB, aFact(aCustomer(), fact.key))).toBe("taken");
    expect(await claimFact(env.DB, fact)).toBe("owned");
  });

  it("is swept by the cron's jobs", async () => {
    const fact = aFact();
    await claimFact(env.DB, fact);
    await runJobs(aWorld({ startsAt: "2026-11-22T09:00:00Z" }).invocation());
    expect(await claimFact(env.DB, aFact(aCustomer(), fact.key))).toBe("claimed");
  });
});
