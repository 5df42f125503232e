// The key by which a relay knows us: on each call that goes by it, and on none that does not.
import { expect, test } from "vitest";
import { relayKeyHeader, throughRelay } from "../../server/zarinpal/relay.ts";

const call = () => new Request("https://relay.test/pg/v4/payment/verify.json", { method: "POST", body: "{}" });

async function sent(key: string | undefined) {
  const requests: Request[] = [];
  const send = throughRelay(async (request) => {
    requests.push(request);
    return new Response();
  }, key);
  await send(call());
  const [request] = requests;
  return { count: requests.length, key: request?.headers.get(relayKeyHeader), body: await request?.text() };
}

test("a call carries the key, once, and its body as it was", async () => {
  expect(await sent("a long random text of the relay")).toEqual({
    count: 1,
    key: "a long random text of the relay",
    body: "{}",
  });
});

test("without a key a call carries none", async () => {
  expect(await sent(undefined)).toEqual({ count: 1, key: null, body: "{}" });
});
