// A rotation of the sealing keys dies at each of its awaits, in each way, and is begun again: in the end everything stands
// under the new key alone, and the old one may be taken away. What people do meanwhile stays as they did it.
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { KeyRotation } from "../../contract/key-rotation.ts";
import type { WebhookEndpoint } from "../../contract/webhook-endpoint.ts";
import { aPrice } from "../support/catalogue.ts";
import { everythingKept, objectsKept } from "../support/everything.ts";
import { aKeyRing, firstStep, rotateAll } from "../support/key-ring.ts";
import { mortal, type Operation } from "../support/mortal.ts";
import { anOperator } from "../support/operator.ts";
import { aSubscriber } from "../support/subscriber.ts";
import { aPartner, aWebhookWorld } from "../support/webhooks.ts";
import { synchronousCrypto } from "./synchronous-crypto.ts";

beforeAll(synchronousCrypto);

const buyer = {
  kind: "natural",
  name: "Sara Ahmadi",
  nationalId: "0499370899",
  postalCode: "1193653471",
  address: "Tehran, Azadi 1",
};

const ring = aKeyRing();
/** The newest key there is. */
let newest = 1;

/** Something sealed of every kind: a buyer, a payer with an agreement, an endpoint's secrets, answers, a document. */
async function aStory() {
  ring.hold(newest);
  const world = await aWebhookWorld({ disturb: (deps) => ({ ...deps, sealer: ring.sealer }) });
  const operator = await anOperator(world);
  const partner = await aPartner(world);
  const receiver = world.receiver("hooks.roundtable.example");
  const { id: endpointId } = await partner.endpoint(receiver.url);
  await partner.post(`/${endpointId}/rotate-secret`, { overlapHours: 24 });
  const sara = await aSubscriber(world);
  const key = crypto.randomUUID();
  await sara.call("PUT", "/v1/me/buyer-details", buyer, key);
  const paymentMethodId = await sara.sign({ nationalId: buyer.nationalId });
  const { body } = await sara.subscribe(await aPrice(world), paymentMethodId);
  const document = `/v1/invoices/${body.data.latestInvoiceId}/document`;
  const show = async () => (await world.fetch(sara.request("GET", document))).text();
  expect(await show()).toContain(buyer.name);
  const again = async () => world.fetch(sara.request("PUT", "/v1/me/buyer-details", buyer, key));
  return {
    world,
    operator,
    partner,
    endpointId,
    receiver,
    sara,
    subscription: body.data,
    paymentMethodId,
    show,
    again,
  };
}

type Story = Awaited<ReturnType<typeof aStory>>;

const rotateTo = ({ world, operator }: Story) => rotateAll(world.fetch, operator.token);

async function documentsKept(): Promise<number> {
  return (await objectsKept()).filter(({ where }) => where.startsWith("r2:documents/")).length;
}

async function placesUnder(keyId: string): Promise<readonly string[]> {
  const kept = await everythingKept();
  return kept.flatMap(({ where, text }) => (text.split(" ").at(-1)?.startsWith(`${keyId}.`) ? [where] : []));
}

async function expectAllRead({ sara, show, again }: Story): Promise<void> {
  const { body } = await sara.call<typeof buyer>("GET", "/v1/me/buyer-details");
  expect(body.data).toMatchObject({ name: buyer.name, address: buyer.address });
  expect(await show()).toContain(buyer.name);
  const replayed = await again();
  expect([replayed.status, replayed.headers.get("idempotent-replayed")]).toEqual([200, "true"]);
}

/** Awaits that do the same with nothing in between are one place to die. */
function isSameAsBefore(operations: readonly Operation[], index: number): boolean {
  const { name } = operations[index] ?? { name: "" };
  return ["sha256", "open", "seal"].includes(name) && operations[index - 1]?.name === name;
}

const many = { answers: 330, documents: 45 };

/** More than one step can seal. */
async function manyTexts(customerId: string): Promise<void> {
  const statement = env.DB.prepare(
    `INSERT INTO idempotency_key (caller, key, fingerprint, claim, locked_until, resource_seed, status, answer, created_at, expires_at)
     VALUES ('user:many', ?, printf('%064d', 0), 'c', 0, printf('%036d', 0), 200, ?, 0, 4000000000000)`,
  );
  const answers = Array.from({ length: many.answers }, async (_, index) =>
    statement.bind(`${index}`, await ring.sealer.seal("{}", `idempotency user:many ${index}`)),
  );
  const insert = env.DB.prepare(
    "INSERT INTO document (subject_id, language, edition, customer_id, hash, created_at, sealed_under) VALUES (?, 'fa', 'issued', ?, ?, 0, ?)",
  );
  const documents = Array.from({ length: many.documents }, async (_, index) => {
    const hash = String(index).padStart(64, "0");
    await env.DOCUMENTS.put(`documents/${hash}`, await ring.sealer.seal("a text", hash));
    return insert.bind(`inv_many${index}`, customerId, hash, `k${newest}`);
  });
  await env.DB.batch([...(await Promise.all(answers)), ...(await Promise.all(documents))]);
}

describe("a rotation that dies", () => {
  let story: Story;

  beforeAll(async () => {
    story = await aStory();
  });

  it("is begun again, and everything reads without the old key, wherever it was", async () => {
    const { world, operator, sara, receiver, partner, endpointId } = story;
    ring.hold(++newest, newest - 1);
    const whole = mortal(world.invocation());
    expect((await world.fetchWith(whole.deps, firstStep(operator.token))).status).toBe(200);
    const { operations } = whole;
    const names = operations.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(["commit", "open", "seal", "write", "documents.get", "documents.put"]),
    );
    for (const [index, operation] of operations.entries()) {
      if (isSameAsBefore(operations, index)) continue;
      for (const how of operation.hows) {
        const old = newest;
        ring.hold(++newest, old);
        const life = mortal(world.invocation(), index + 1, how);
        await Promise.race([world.fetchWith(life.deps, firstStep(operator.token)), life.died]);
        const { rotation } = await rotateTo(story);
        // What was sent before the death arrives when everything is done.
        await life.arrive();
        ring.hold(newest);
        expect(rotation, `${operation.name} ${how}`).toMatchObject({ keyId: `k${newest}`, left: [] });
        expect(await placesUnder(`k${old}`), `${operation.name} ${how}`).toEqual([]);
        await expectAllRead(story);
      }
    }
    const { results } = await env.DB.prepare(
      "SELECT type FROM billing_event WHERE stream = 'system' AND type GLOB 'key_rotation.*' ORDER BY position",
    ).all<{ type: string }>();
    expect(results.length).toBe(2 * (newest - 1));
    expect(new Set(results.filter((_, index) => index % 2 === 0).map(({ type }) => type))).toEqual(
      new Set(["key_rotation.begun"]),
    );
    // The agreement and the endpoint's secrets, opened where they are needed.
    await sara.advance(new Date(world.now() + 33 * 86_400_000).toISOString());
    expect((await sara.payments()).map(({ status }) => status)).toEqual(["succeeded", "succeeded"]);
    const before = receiver.received.length;
    await partner.post(`/${endpointId}/test`);
    await world.live(120_000);
    expect(receiver.received.length).toBeGreaterThan(before);
    expect(receiver.received.at(-1)?.headers["webhook-signature"]?.split(" ")).toHaveLength(2);
  });

  it("goes on in steps, each bounded, wherever its command is ended", async () => {
    const { world, operator, sara } = story;
    await manyTexts(sara.customerId);
    const old = newest;
    ring.hold(++newest, old);
    let steps = 0;
    const fetchTwice = (request: Request) => {
      if (++steps > 2) throw new Error("ended by hand");
      return world.fetch(request);
    };
    await expect(rotateAll(fetchTwice, operator.token)).rejects.toThrow("ended by hand");
    const { body } = await operator.call<KeyRotation>("GET", "/v1/operator/key-rotation");
    const left = body.data.left.reduce((sum, { count }) => sum + count, 0);
    expect(left).toBeGreaterThan(many.answers - 200);
    steps = 0;
    const fetch = (request: Request) => {
      steps++;
      return world.fetch(request);
    };
    expect((await rotateAll(fetch, operator.token)).resealed).toBe(left);
    // A step of a hundred answers and two of twenty documents, a last one, and the question whether that was all.
    expect(steps).toBeGreaterThanOrEqual(5);
    expect(await placesUnder(`k${old}`)).toEqual([]);
    expect(body.data.left.map(({ keyId }) => keyId)).toEqual(body.data.left.map(() => `k${old}`));
    await env.DB.exec("DELETE FROM idempotency_key WHERE caller = 'user:many'");
    await env.DB.exec("DELETE FROM document WHERE subject_id GLOB 'inv_many*'");
  });

  it("costs the next one nothing: what is done is found done", async () => {
    ring.hold(newest);
    expect(await rotateTo(story)).toMatchObject({ resealed: 0, rotation: { left: [] } });
    const { body } = await story.operator.call<KeyRotation>("GET", "/v1/operator/key-rotation");
    expect(body.data.completedAt).not.toBeNull();
  });
});

describe("while a rotation is under way", () => {
  /** Calls `meanwhile` once, when the rotation first does this to this record. */
  function disturbed(story: Story, does: "open" | "documents.get", meanwhile: (record: string) => Promise<boolean>) {
    const deps = story.world.invocation();
    let isDone = false;
    const first = async (record: string) => {
      if (!isDone) isDone = await meanwhile(record);
    };
    const { sealer, documents } = deps;
    return {
      ...deps,
      sealer: {
        ...sealer,
        keyIds: sealer.keyIds,
        open: async (sealed: Parameters<typeof sealer.open>[0], record: string) => {
          const text = await sealer.open(sealed, record);
          if (does === "open") await first(record);
          return text;
        },
      },
      documents: {
        ...documents,
        get: async (key: string) => {
          const text = await documents.get(key);
          if (does === "documents.get") await first(key);
          return text;
        },
      },
    };
  }

  it("a secret that its partner replaces is the partner's, and the one before it still signs", async () => {
    const story = await aStory();
    const { world, operator, partner, endpointId } = story;
    ring.hold(++newest, newest - 1);
    let given = "";
    const deps = disturbed(story, "open", async (record) => {
      if (!record.endsWith(endpointId)) return false;
      const { body } = await partner.post<WebhookEndpoint & { secret: string }>(`/${endpointId}/rotate-secret`, {
        overlapHours: 24,
      });
      given = body.data.secret;
      return true;
    });
    await world.fetchWith(deps, firstStep(operator.token));
    expect(given).toMatch(/^whsec_/);
    await rotateTo(story);
    ring.hold(newest);
    const row = await env.DB.prepare("SELECT secret, previous_secret FROM webhook_endpoint WHERE id = ?")
      .bind(endpointId)
      .first<{ secret: string; previous_secret: string }>();
    const record = `webhook endpoint ${endpointId}`;
    const opened = async (text = "") => ring.sealer.open(text as Parameters<typeof ring.sealer.open>[0], record);
    expect(await opened(row?.secret)).toBe(given);
    expect(await opened(row?.previous_secret)).toMatch(/^whsec_/);
  });

  it.each([
    ["documents.get", "SELECT 'documents/' || hash AS record FROM document WHERE customer_id = ?"],
    ["open", "SELECT id AS record FROM secret WHERE customer_id = ? ORDER BY id"],
  ] as const)("a person who is erased before the put after its %s stays erased", async (does, theirs) => {
    const story = await aStory();
    const { world, operator, sara, subscription, paymentMethodId } = story;
    await sara.post(`/v1/subscriptions/${subscription.id}/cancel`, { when: "now" });
    await sara.post(`/v1/payment-methods/${paymentMethodId}/cancel`);
    await world.pass48Hours();
    ring.hold(++newest, newest - 1);
    const before = await documentsKept();
    const one = await env.DB.prepare(theirs).bind(sara.customerId).first<string>("record");
    const deps = disturbed(story, does, async (record) => {
      if (record !== one) return false;
      expect((await sara.call("DELETE", "/v1/me")).status).toBe(200);
      await world.tick();
      return true;
    });
    await world.fetchWith(deps, firstStep(operator.token));
    expect((await sara.call("GET", "/v1/me")).status).toBe(401);
    await rotateTo(story);
    await world.live(180_000);
    expect(await documentsKept()).toBe(before - 1);
    const { results } = await env.DB.prepare("SELECT DISTINCT sealed FROM secret WHERE customer_id = ?")
      .bind(sara.customerId)
      .all();
    expect(results).toEqual([{ sealed: "" }]);
  });

  it("a text that no key opens stays, is counted and told, and keeps no other from the new key", async () => {
    const story = await aStory();
    const { world, operator, sara } = story;
    const [kept] = (
      await env.DB.prepare("SELECT id, sealed FROM person WHERE customer_id = ? ORDER BY id")
        .bind(sara.customerId)
        .all<{ id: string; sealed: string }>()
    ).results;
    await env.DB.prepare("UPDATE person SET sealed = sealed || 'AAAA' WHERE id = ?").bind(kept?.id).run();
    const old = newest;
    ring.hold(++newest, old);
    const { rotation } = await rotateTo(story);
    expect(rotation.left).toEqual([{ place: "person", keyId: `k${old}`, count: 1 }]);
    expect(rotation.completedAt).toBeNull();
    expect(await placesUnder(`k${old}`)).toEqual(["person.sealed"]);
    expect(world.log.map(({ event }) => event)).toContain("sealed_text_unreadable.person");
    await env.DB.prepare("UPDATE person SET sealed = ? WHERE id = ?").bind(kept?.sealed, kept?.id).run();
    expect((await rotateTo(story)).rotation).toMatchObject({ left: [], completedAt: expect.any(String) });
    expect((await operator.call("GET", "/v1/operator/key-rotation")).status).toBe(200);
  });
});
