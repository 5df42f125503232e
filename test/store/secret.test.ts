// Secrets and persons at rest: sealed, bound to their own record, and read back only as sealed text.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { idsOf } from "../../server/billing/ids.ts";
import { wallMs } from "../../server/billing/clock.ts";
import { loadPerson, loadSecret } from "../../server/store/secret.ts";
import { aSubscriber } from "../support/subscriber.ts";
import { aWorld } from "../support/world.ts";

const ids = idsOf(0, wallMs(0), (count) => crypto.getRandomValues(new Uint8Array(count)));

interface Row {
  readonly person_id: `per_${string}`;
  readonly agreement_id: `sec_${string}`;
  readonly signature_id: `sec_${string}`;
}

async function aSignedMethod() {
  const world = aWorld();
  const sara = await aSubscriber(world);
  const id = await sara.sign({ nationalId: "0499370899" });
  const row = await env.DB.prepare("SELECT * FROM payment_method WHERE id = ?").bind(id).first<Row>();
  if (!row) throw new Error("it was just signed");
  return { world, sara, row, sealer: world.invocation().sealer };
}

describe("what was sealed", () => {
  it("opens for its own record to exactly what the gateway and the person gave", async () => {
    const { world, sara, row, sealer } = await aSignedMethod();
    const contract = world.simulator.snapshot().contracts[0];
    const open = async (id: `sec_${string}`) => sealer.open(await loadSecret(env.DB, id), id);
    expect(await open(row.signature_id)).toBe(contract?.signature);
    expect(await open(row.agreement_id)).toBe(contract?.paymanAuthority);
    const person = await loadPerson(env.DB, row.person_id);
    expect(person && JSON.parse(await sealer.open(person, row.person_id))).toEqual({
      mobile: sara.mobile,
      nationalId: "0499370899",
    });
  });

  it("opens for no other record, so that a swapped row is no use", async () => {
    const { row, sealer } = await aSignedMethod();
    const signature = await loadSecret(env.DB, row.signature_id);
    await expect(sealer.open(signature, row.agreement_id)).rejects.toThrow();
    await expect(sealer.open(signature, ids.next("sec"))).rejects.toThrow();
  });
});

describe("what is not stored", () => {
  it("is a fault for a secret, since events name only secrets that were stored with them", async () => {
    await expect(loadSecret(env.DB, ids.next("sec"))).rejects.toThrow("is not stored");
  });

  it("is nobody for a person, who may have been erased; the payment method and its audit stay", async () => {
    const { sara, row } = await aSignedMethod();
    expect(await loadPerson(env.DB, ids.next("per"))).toBeNull();
    await env.DB.prepare("DELETE FROM person WHERE id = ?").bind(row.person_id).run();
    expect(await loadPerson(env.DB, row.person_id)).toBeNull();
    const { status } = await sara.call("GET", "/v1/payment-methods");
    expect(status).toBe(200);
    expect((await sara.events()).map(({ type }) => type)).toContain("payment_method.activated");
  });
});
