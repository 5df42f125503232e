// Where a POST may go, and what comes of it.
import { describe, expect, test } from "vitest";
import { createResolver, type Resolve } from "../../server/http/dns.ts";
import { createWebhookSender, type WebhookSenderPorts } from "../../server/http/webhook-sender.ts";

const request = { headers: { "content-type": "application/json" }, body: "{}" };
const publicly: Resolve = async () => ["93.184.215.14", "2606:4700:4700::1111"];
const never = () => new Promise<never>(() => undefined);

/** A sender with what it sent and asked. */
function aSender(ports: Partial<WebhookSenderPorts> = {}) {
  const sent: Request[] = [];
  const asked: string[] = [];
  const resolve = ports.resolve ?? publicly;
  const sender = createWebhookSender({
    timeoutMs: 50,
    allowsLoopback: false,
    ...ports,
    resolve: (name, signal) => {
      asked.push(name);
      return resolve(name, signal);
    },
    fetch: async (one) => {
      sent.push(one);
      return ports.fetch ? ports.fetch(one) : new Response(null, { status: 204 });
    },
  });
  return { ...sender, sent, asked };
}

describe("a request", () => {
  test("is posted once, and no redirect is followed", async () => {
    const to = "http://169.254.169.254/";
    const { channelTo, sent } = aSender({
      fetch: async () => new Response(null, { status: 307, headers: { location: to } }),
    });
    expect(await channelTo("https://hooks.example/x?y=1").post(request)).toEqual({ kind: "answered", status: 307 });
    expect(sent.map(({ method, url, redirect }) => [method, url, redirect])).toEqual([
      ["POST", "https://hooks.example/x?y=1", "manual"],
    ]);
  });

  test("is not waited for longer than its time, whether nothing begins or the name is looked up for ever", async () => {
    const timeout = { kind: "unanswered", reason: "timeout" };
    expect(await aSender({ fetch: never }).channelTo("https://hooks.example/").post(request)).toEqual(timeout);
    const { channelTo, sent } = aSender({ resolve: never });
    expect(await channelTo("https://hooks.example/").post(request)).toEqual(timeout);
    expect(sent).toEqual([]);
  });

  test("has the status as its answer; of what follows at most 16 KiB are taken, and no longer than its time", async () => {
    let taken = 0;
    let isCancelled = false;
    const flood = () =>
      new ReadableStream({
        pull: (stream) => stream.enqueue(new Uint8Array((taken += 1_024) && 1_024)),
        cancel: () => void (isCancelled = true),
      });
    const { channelTo } = aSender({ fetch: async () => new Response(flood()) });
    expect(await channelTo("https://hooks.example/").post(request)).toEqual({ kind: "answered", status: 200 });
    expect(isCancelled).toBe(true);
    expect(taken).toBeLessThanOrEqual(19 * 1_024);
    const drip = () => new ReadableStream({ start: (stream) => stream.enqueue(new Uint8Array(1)) });
    const slow = aSender({ fetch: async () => new Response(drip(), { status: 500 }) });
    expect(await slow.channelTo("https://hooks.example/").post(request)).toEqual({ kind: "answered", status: 500 });
  });

  test("that cannot be sent is a failure of the network, never thrown", async () => {
    const { channelTo } = aSender({ fetch: () => Promise.reject(new TypeError("Network connection lost.")) });
    expect(await channelTo("https://hooks.example/").post(request)).toEqual({ kind: "unanswered", reason: "network" });
  });
});

describe("a name", () => {
  test("is looked up once for a channel", async () => {
    const { channelTo, asked } = aSender();
    const channel = channelTo("https://hooks.example/");
    await Promise.all([channel.post(request), channel.post(request)]);
    await channel.post(request);
    expect(asked).toEqual(["hooks.example"]);
  });

  test.each([
    [["10.0.0.1"], "address_refused"],
    [["169.254.169.254"], "address_refused"],
    [["93.184.215.14", "127.0.0.1"], "address_refused"],
    [["::ffff:93.184.215.14"], "address_refused"],
    [["fd00:ec2::254"], "address_refused"],
    [[], "unresolved"],
  ])("that leads to %j is not sent to: %s", async (addresses, reason) => {
    const { channelTo, sent } = aSender({ resolve: async () => addresses });
    expect(await channelTo("https://hooks.example/").post(request)).toEqual({ kind: "unanswered", reason });
    expect(sent).toEqual([]);
  });

  test("about which the resolver is silent has no address", async () => {
    const { channelTo, sent } = aSender({ resolve: () => Promise.reject(new Error("503")) });
    expect(await channelTo("https://hooks.example/").post(request)).toEqual({
      kind: "unanswered",
      reason: "unresolved",
    });
    expect(sent).toEqual([]);
  });
});

describe("this machine", () => {
  const here = ["http://127.0.0.1:9000/hooks", "http://localhost:9000/", "http://[::1]:9000/", "https://127.0.0.1/"];

  test.each(here)("is sent to in development, over plain http too: %s", async (url) => {
    const { channelTo, objectionTo, asked } = aSender({ allowsLoopback: true });
    expect(objectionTo(url)).toBeNull();
    expect(await channelTo(url).post(request)).toEqual({ kind: "answered", status: 204 });
    expect(asked).toEqual([]);
  });

  test.each(here)("and nowhere else: %s", async (url) => {
    const { channelTo, objectionTo, sent } = aSender();
    expect(objectionTo(url)).not.toBeNull();
    expect(await channelTo(url).post(request)).toEqual({ kind: "unanswered", reason: "address_refused" });
    expect(sent).toEqual([]);
  });

  test("is all that development adds: its network stays out of reach, and so does plain http elsewhere", () => {
    const { objectionTo } = aSender({ allowsLoopback: true });
    for (const url of ["https://10.0.0.1/", "http://hooks.example/", "https://169.254.169.254/", "ftp://127.0.0.1/"]) {
      expect(objectionTo(url), url).not.toBeNull();
    }
  });
});

describe("the resolver", () => {
  const answering = (answers: Readonly<Record<string, object | number>>) => {
    const asked: string[] = [];
    const resolve = createResolver("https://dns.example/dns-query", async (one) => {
      const { searchParams } = new URL(one.url);
      asked.push(`${searchParams.get("name")} ${searchParams.get("type")} ${one.headers.get("accept")}`);
      const answer = answers[searchParams.get("type") ?? ""] ?? { Status: 0 };
      return typeof answer === "number" ? new Response(null, { status: answer }) : Response.json(answer);
    });
    return { asked, resolve: (name: string) => resolve(name, new AbortController().signal) };
  };

  test("is asked for both kinds of address; names on the way are none", async () => {
    const { resolve, asked } = answering({
      A: {
        Status: 0,
        Answer: [
          { type: 5, data: "cdn.example." },
          { type: 1, data: "93.184.215.14" },
        ],
      },
      AAAA: { Status: 0, Answer: [{ type: 28, data: "2606:4700:4700::1111" }] },
    });
    expect(await resolve("hooks.example")).toEqual(["93.184.215.14", "2606:4700:4700::1111"]);
    expect(asked).toEqual(["hooks.example A application/dns-json", "hooks.example AAAA application/dns-json"]);
  });

  test("says of a name that does not exist that it has no address, and throws when it cannot say", async () => {
    const none = { Status: 3 };
    expect(await answering({ A: none, AAAA: none }).resolve("hooks.example")).toEqual([]);
    await expect(answering({ A: { Status: 2 } }).resolve("hooks.example")).rejects.toThrow("code 2");
    await expect(answering({ AAAA: 503 }).resolve("hooks.example")).rejects.toThrow("503");
  });
});
