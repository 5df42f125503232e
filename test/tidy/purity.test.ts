// Where time, chance, secrets and the network may be touched. What a rule sees is what it was given.
import { describe, expect, it } from "vitest";
import { placesOf, sourceOf, sourcesIn, type Source } from "./source.ts";

const outside =
  /\bDate\.now\b|\bnew Date\(\s*\)|(?<![.\w]|new )Date\(|\bMath\.random\b|\bperformance\.|(?<![.\w])crypto\b|(?<![.\w])fetch\(|\bset(?:Timeout|Interval|Immediate)\b|\bqueueMicrotask\b|\bprocess\.|\bglobalThis\b|\bconsole\b|\bnavigator\b/;
const waiting = /\basync\b|\bawait\b|\bPromise\b|\.then\(|\bfunction\s*\*|\byield\b/;
const environment = /\bimport\.meta\.env\b|(?<!\.)\benv\.[A-Z]|\bcloudflare:workers\b/;

const rules = sourcesIn("server/billing");
const server = sourcesIn("server", "contract");

/** Who touches what only `deps.ts` may, and why. */
const allowed: Readonly<Record<string, RegExp>> = {
  "server/deps.ts": /./,
  // AES-GCM is deterministic given its nonce, and the nonce comes from `deps.random`.
  "server/store/sealer.ts": /^crypto$/,
  // Ed25519 draws nothing: a signature follows from the key and the text.
  "server/store/audit-signer.ts": /^crypto$/,
  // Whether a signature is the secret's, it always is or never.
  "server/http/auth/bearer.ts": /^crypto$/,
  // A signature follows from the secret and the token; the token comes from `deps.random`.
  "server/http/auth/session-cookie.ts": /^crypto$/,
  // A request's own deadline, which has to end with the request.
  "server/zarinpal/exchange.ts": /^(set|clear)Timeout$/,
  "server/http/webhook-sender.ts": /^(set|clear)Timeout$/,
  // Its `fetch` is the parameter that `deps.ts` fills in.
  "server/http/messenger.ts": /^fetch\($/,
};

function touched(source: Source): readonly string[] {
  const own = allowed[source.path];
  return placesOf(outside, source).filter((place) => !own?.test(place.split(" ").slice(1).join(" ")));
}

describe("the rules", () => {
  it("are there", () => {
    expect(rules.length).toBeGreaterThan(20);
  });

  it("never wait", () => {
    expect(rules.flatMap((source) => placesOf(waiting, source))).toEqual([]);
  });

  it("know no clock, no chance, no network and no console", () => {
    expect(rules.flatMap((source) => placesOf(outside, source))).toEqual([]);
  });
});

describe("only deps.ts", () => {
  it("reaches for clocks, chance, digests, timers and the global fetch", () => {
    expect(server.flatMap(touched)).toEqual([]);
  });

  it("reads the environment", () => {
    const readers = server.filter((source) => placesOf(environment, source).length > 0).map(({ path }) => path);
    expect(readers).toEqual(["server/deps.ts"]);
  });

  it("is excused where something is really touched: an excuse without a reason goes", () => {
    for (const path of Object.keys(allowed)) {
      const found = server.filter((source) => source.path === path).flatMap((source) => placesOf(outside, source));
      expect(found, path).not.toEqual([]);
    }
  });
});

describe("an impurity is seen", () => {
  const impure: readonly string[] = [
    "const now = Date.now();",
    "const now = new Date();",
    "const dice = Math.random();",
    "const id = crypto.randomUUID();",
    "const { subtle } = crypto;",
    "export const load = () => fetch(url);",
    "setTimeout(tick, 5);",
    "console.log(state);",
    "const secret = process.env;",
  ];

  it.each(impure)("%s", (line) => {
    expect(touched(sourceOf("server/billing/renew.ts", line))).toHaveLength(1);
  });

  it.each(["export async function decide() {}", "const slice = await load();", "const later: Promise<void> = go();"])(
    "%s",
    (line) => {
      expect(placesOf(waiting, sourceOf("server/billing/renew.ts", line))).not.toEqual([]);
    },
  );

  it.each([
    "// await Date.now(), says the comment",
    'const text = "await fetch(crypto)";',
    "const day = new Date(ms);",
    "await deps.gateway.fetch(request);",
  ])("but not in: %s", (line) => {
    expect(touched(sourceOf("server/billing/renew.ts", line))).toEqual([]);
  });
});
