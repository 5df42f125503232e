// A realm made deterministic: one seed tells one story, to the byte, through the real application too.
import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { aPrice } from "../support/catalogue.ts";
import { readMigrations } from "../support/migrations.ts";
import { openSqlite, sqliteD1 } from "../support/sqlite-d1.ts";
import { visitBank } from "../support/subscriber.ts";
import { aWorld, publicUrl } from "../support/world.ts";
import { makeDeterministic, quickPasswords, type Surrounding } from "./determinism.ts";
import { randomOf } from "./random.ts";

const start = Date.parse("2026-11-22T08:00:00Z");

/** A surrounding whose clock moves when it is told to. */
function surroundingOf(seed: string) {
  const waiting: { at: number; happen: () => void }[] = [];
  let now = start;
  const surrounding: Surrounding = {
    now: () => now,
    random: randomOf(seed),
    after: (ms, happen) => {
      const event = { at: now + ms, happen };
      waiting.push(event);
      return () => void waiting.splice(waiting.indexOf(event), waiting.includes(event) ? 1 : 0);
    },
  };
  return {
    ...surrounding,
    pass: (ms: number) => {
      const until = now + ms;
      for (;;) {
        const [next] = waiting.filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at);
        if (!next) break;
        waiting.splice(waiting.indexOf(next), 1);
        now = next.at;
        next.happen();
      }
      now = until;
    },
  };
}

let giveBack: () => void = () => undefined;
afterEach(() => giveBack());

function inhabit(seed: string) {
  const surrounding = surroundingOf(seed);
  giveBack();
  giveBack = makeDeterministic(() => surrounding);
  return surrounding;
}

describe("of one seed", () => {
  const told = (seed: string) => {
    inhabit(seed);
    return [
      crypto.randomUUID(),
      crypto.getRandomValues(new Uint8Array(20)).join(),
      crypto.getRandomValues(new Uint32Array(3)).join(),
      Math.random(),
    ];
  };

  it("bytes, tokens and numbers are always the same; of another they are others", () => {
    expect(told("a")).toEqual(told("a"));
    for (const [index, one] of told("b").entries()) expect(one).not.toEqual(told("a")[index]);
  });

  it("a random UUID is one of version 4", () => {
    inhabit("a");
    for (let count = 0; count < 100; count++) {
      expect(crypto.randomUUID()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
  });

  it("only the part that a view shows is filled", () => {
    inhabit("a");
    const bytes = new Uint8Array(12);
    const view = bytes.subarray(4, 8);
    expect(crypto.getRandomValues(view)).toBe(view);
    expect([...bytes.subarray(0, 4), ...bytes.subarray(8)]).toEqual(Array<number>(8).fill(0));
    expect(view.some((byte) => byte > 0)).toBe(true);
  });
});

describe("the clock", () => {
  it("stands still until it is moved, whoever asks it", () => {
    const { pass } = inhabit("a");
    const asked = () => [Date.now(), new Date().getTime(), Number(new Date(Date())), performance.now()];
    expect(new Set(asked())).toEqual(new Set([start]));
    pass(61_000);
    expect(new Set(asked())).toEqual(new Set([start + 61_000]));
  });

  it("makes dates that are dates in every way", () => {
    const before = new Date(5);
    inhabit("a");
    const date = new Date();
    expect([date instanceof Date, before instanceof Date, date.constructor === Date]).toEqual([true, true, true]);
    expect(structuredClone(date)).toEqual(date);
    expect(new Date("2026-11-22T08:00:00Z").getTime()).toBe(start);
    expect(new Date(2026, 10, 22).getMonth()).toBe(10);
    expect([Date.parse("1970-01-01T00:00:01Z"), Date.UTC(1970, 0, 2), Date.length]).toEqual([1_000, 86_400_000, 0]);
    class Later extends Date {}
    expect(new Later()).toBeInstanceOf(Later);
    expect(new Later().getTime()).toBe(start);
  });
});

describe("timers", () => {
  it("come in the order of their time, on the virtual clock alone", () => {
    const { pass, now } = inhabit("a");
    const heard: string[] = [];
    const note = (what: string) => heard.push(`${what} ${now() - start}`);
    setTimeout(note, 30, "late");
    setTimeout(() => note("early"), 10);
    setTimeout(() => note("at once"));
    clearTimeout(setTimeout(() => note("never"), 15));
    const every = setInterval(() => (note("again"), now() - start >= 24 && clearInterval(every)), 12);
    AbortSignal.timeout(20).addEventListener("abort", () => note("aborted"));
    pass(9);
    pass(91);
    expect(heard).toEqual(["at once 1", "early 10", "again 12", "aborted 20", "again 24", "late 30"]);
  });

  it("may be cleared twice, or after they came, and answer to what Node's answer to", () => {
    const { pass } = inhabit("a");
    let count = 0;
    const timer = setTimeout(() => count++, 5);
    expect(Object(timer.unref())).toBe(timer);
    pass(5);
    clearTimeout(timer);
    clearTimeout(timer);
    clearTimeout(undefined);
    expect(count).toBe(1);
  });
});

describe("crypto.subtle", () => {
  const bytes = fc.uint8Array({ maxLength: 80 }).map((view) => new Uint8Array(view));
  const real = crypto.subtle;
  const hexOf = (buffer: ArrayBuffer) => Buffer.from(buffer).toString("hex");
  const ed25519 = Uint8Array.from(Buffer.from(`302e020100300506032b657004220420${"2a".repeat(32)}`, "hex"));

  /** What the operation makes with the real one, and with the synchronous one. */
  async function both<T>(operation: (subtle: SubtleCrypto) => Promise<T>): Promise<readonly [T, T]> {
    giveBack();
    const first = await operation(real);
    inhabit("a");
    return [first, await operation(crypto.subtle)];
  }

  it("digests, signs, verifies, derives and seals exactly as the real one, and each opens what the other sealed", async () => {
    const property = fc.asyncProperty(bytes, bytes, fc.constantFrom("SHA-1", "SHA-256", "SHA-384", "SHA-512"), check);
    await fc.assert(property, { numRuns: 40 });

    async function check(data: Uint8Array<ArrayBuffer>, other: Uint8Array<ArrayBuffer>, hash: string) {
      const hmac = { name: "HMAC", hash };
      const secret = new Uint8Array([1, ...other]);
      const operations: ((subtle: SubtleCrypto) => Promise<unknown>)[] = [
        async (subtle) => hexOf(await subtle.digest(hash, data)),
        async (subtle) => hexOf(await subtle.digest({ name: hash }, data.buffer)),
        async (subtle) => hexOf(await subtle.digest(hash, data.subarray(1, -1))),
        async (subtle) =>
          hexOf(await subtle.sign("HMAC", await subtle.importKey("raw", secret, hmac, false, ["sign"]), data)),
        async (subtle) => {
          const key = await subtle.importKey("raw", secret, hmac, false, ["sign", "verify"]);
          const signature = await subtle.sign(hmac, key, data);
          const wrong = new Uint8Array(signature).map((byte) => byte ^ 1);
          const short = signature.slice(1);
          return Promise.all([signature, wrong, short].map((one) => subtle.verify("HMAC", key, one, data)));
        },
        async (subtle) => {
          const key = await subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
          return hexOf(await subtle.deriveBits({ name: "HKDF", hash, salt: data, info: other }, key, 256));
        },
        async (subtle) => {
          const key = await subtle.importKey("raw", secret, "PBKDF2", false, ["deriveBits"]);
          return hexOf(await subtle.deriveBits({ name: "PBKDF2", hash, salt: data, iterations: 3 }, key, 128));
        },
        async (subtle) => {
          const key = await subtle.importKey("pkcs8", ed25519, "Ed25519", true, ["sign"]);
          return hexOf(await subtle.sign("Ed25519", key, data));
        },
        ...["AES-GCM", "AES-CBC"].map((name) => async (subtle: SubtleCrypto) => {
          const key = await subtle.importKey("raw", new Uint8Array(32).fill(7), name, false, ["encrypt", "decrypt"]);
          const parameters = { name, iv: new Uint8Array(16).fill(9), additionalData: other };
          const sealed = await subtle.encrypt(parameters, key, data);
          const opened = await subtle.decrypt(parameters, key, sealed);
          return [hexOf(sealed), hexOf(opened)];
        }),
      ];
      for (const operation of operations) {
        const [expected, got] = await both(operation);
        expect(got).toEqual(expected);
      }
    }
  });

  it("opens nothing that was changed, and says as little about it as the real one", async () => {
    const opened = async (subtle: SubtleCrypto) => {
      const key = await subtle.importKey("raw", new Uint8Array(32), "AES-GCM", false, ["encrypt", "decrypt"]);
      const parameters = { name: "AES-GCM", iv: new Uint8Array(12), additionalData: new Uint8Array(3) };
      const sealed = new Uint8Array(await subtle.encrypt(parameters, key, new Uint8Array(5)));
      const changed = sealed.with(2, (sealed[2] ?? 0) ^ 1);
      return subtle.decrypt(parameters, key, changed).then(
        () => "opened",
        (fault: unknown) => fault instanceof DOMException && fault.name,
      );
    };
    expect(await both(opened)).toEqual(["OperationError", "OperationError"]);
  });

  it("is done before anything else could happen: no thread is asked", async () => {
    inhabit("a");
    let isDone = false;
    void crypto.subtle.digest("SHA-256", new Uint8Array(1_000_000)).then(() => (isDone = true));
    await Promise.resolve();
    await Promise.resolve();
    expect(isDone).toBe(true);
  });

  it("refuses what nobody has made synchronous, by name", async () => {
    inhabit("a");
    await expect(crypto.subtle.generateKey("Ed25519", false, ["sign"])).rejects.toThrow("generateKey");
    await expect(crypto.subtle.digest("MD5", new Uint8Array())).rejects.toThrow("MD5");
  });
});

describe("whoever is in no history", () => {
  it("keeps the real clock, luck, timers and cryptography", async () => {
    const before = Date.now();
    giveBack = makeDeterministic(() => null);
    expect(Date.now() - before).toBeLessThan(60_000);
    expect(new Date().getTime()).toBeGreaterThanOrEqual(before);
    expect(crypto.randomUUID()).not.toBe(crypto.randomUUID());
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(await crypto.subtle.generateKey("Ed25519", false, ["sign"])).toHaveProperty("privateKey");
  });

  it("gets everything back, as it was", () => {
    const places: readonly (readonly [owner: object, name: string])[] = [
      ...["Date", "setTimeout", "setInterval", "clearTimeout", "clearInterval", "fetch"].map(
        (name) => [globalThis, name] as const,
      ),
      ...["getRandomValues", "randomUUID", "subtle"].map((name) => [crypto, name] as const),
      [Date.prototype, "constructor"],
      [Math, "random"],
      [performance, "now"],
      [AbortSignal, "timeout"],
    ];
    const realm = (): readonly unknown[] => places.map(([owner, name]) => Reflect.get(owner, name));
    const before = realm();
    inhabit("a");
    for (const [index, one] of realm().entries()) expect(one).not.toBe(before[index]);
    giveBack();
    for (const [index, one] of realm().entries()) expect(one).toBe(before[index]);
    expect(Object.getOwnPropertyNames(crypto)).toEqual([]);
  });
});

it("nothing in a history reaches the network", async () => {
  inhabit("a");
  await expect(fetch("http://127.0.0.1:9/")).rejects.toThrow("Nothing in a history may reach the network");
});

describe("the real application", () => {
  /** Somebody signs up with a password, signs in, signs an agreement and subscribes: all that was said and written. */
  async function story(seed: string) {
    const database = openSqlite(readMigrations());
    env.DB = sqliteD1(database);
    const surrounding = inhabit(seed);
    const world = aWorld({
      startsAt: new Date().toISOString(),
      disturb: (deps) => ({ ...deps, passwords: quickPasswords }),
    });
    const said: string[] = [];
    let token = "";
    const call = async (method: string, path: string, body?: object): Promise<Answered> => {
      surrounding.pass(world.now() - surrounding.now());
      const headers = {
        origin: publicUrl,
        "content-type": "application/json",
        "idempotency-key": crypto.randomUUID(),
        ...(token && { authorization: `Bearer ${token}` }),
      };
      const request = new Request(`${publicUrl}${path}`, {
        method,
        headers,
        ...(body && { body: JSON.stringify(body) }),
      });
      const answer = await world.fetch(request);
      const text = await answer.text();
      said.push([method, path, answer.status, JSON.stringify([...answer.headers]), text].join(" "));
      token = answer.headers.get("set-auth-token") ?? token;
      return JSON.parse(text);
    };

    const priceId = await aPrice(world);
    const [email, password] = ["sara@example.com", "a long password"];
    await call("POST", "/auth/sign-up/email", { email, password, name: "Sara" });
    const [link = ""] = /https:\/\/\S+/.exec(world.messages.at(-1)?.text ?? "") ?? [];
    await world.fetch(new Request(link));
    await call("POST", "/auth/sign-in/email", { email, password });
    database.exec("UPDATE user SET phone_number = '09121234567', phone_number_verified = 1");
    const expiresAt = new Date(world.now() + 365 * 86_400_000).toISOString();
    const limits = { maxAmountRials: 5_000_000, maxDailyCount: 50, maxMonthlyCount: 200, expiresAt };
    const { data: opened } = await call("POST", "/v1/payment-methods", limits);
    await visitBank(world, opened?.banks?.[0]?.signingUrl ?? "", "sign");
    await call("POST", "/v1/subscriptions", { priceId, paymentMethodId: opened?.paymentMethod?.id });
    world.pass(60_000);
    await world.tick();
    const pages = ["/v1/payments", "/v1/invoices", "/v1/events?limit=100", "/v1/payment-methods", "/v1/quotas"];
    await Promise.all(pages.map((path) => call("GET", path)));
    return {
      said: said.join("\n"),
      messages: world.messages,
      image: Buffer.from(database.serialize()),
      log: world.log,
    };
  }

  interface Answered {
    readonly data?: { readonly paymentMethod?: { id: string }; readonly banks?: readonly { signingUrl: string }[] };
  }

  it("says the same twice to the byte, keeps the same rows, and tells another story of another seed", async () => {
    const [first, second, other] = [await story("a"), await story("a"), await story("b")];
    expect(first.said).toMatch(/"type":"payment\.succeeded"/);
    expect(first.said).toContain("set-auth-token");
    expect(second.said).toBe(first.said);
    expect(second.messages).toEqual(first.messages);
    expect(second.image.equals(first.image)).toBe(true);
    expect(other.said).toMatch(/"type":"payment\.succeeded"/);
    expect(other.said).not.toBe(first.said);
    expect(other.image.equals(first.image)).toBe(false);
  });
});
