// What codes of refused debits mean is nowhere public (wire facts §5.8): it is configuration, told by the gateway's support.
import { describe, expect, test } from "vitest";

import { depsOf, type Env } from "../../server/deps.ts";
import { createZarinpalClient, type ZarinpalConfig } from "../../server/zarinpal/client.ts";
import { exampleSettings } from "../support/settings.ts";

const config: ZarinpalConfig = {
  merchantId: "1c2f6a0e-5d3b-4f9a-8e7d-0123456789ab",
  paymentBaseUrl: "https://payment.test",
  paymanBaseUrl: "https://payman.test",
  signingBaseUrl: "https://signing.test",
  declineReasons: { "-200": "insufficient_funds", "-204": "limit_reached" },
};

const refusing = (code: number) => {
  const body = JSON.stringify({ data: [], errors: { code, message: "no", validations: [] } });
  return createZarinpalClient(config, { fetch: async () => new Response(body) });
};
const order = { authority: `A${"0".repeat(35)}`, signature: "eyJpdiI6" };

describe("a refused debit", () => {
  test.each([
    [-200, "insufficient_funds"],
    [-204, "limit_reached"],
  ])("with a code that we were told of (%i) says why: %s", async (code, reason) => {
    expect(await refusing(code).debit(order)).toMatchObject({ kind: "declined", code, evidence: { code, reason } });
  });

  test("with any other code says nothing", async () => {
    const { evidence } = await refusing(-208).debit(order);
    expect(evidence).not.toHaveProperty("reason");
  });

  test("is another thing than any other refusal, whose codes are those of the public table", async () => {
    const { evidence } = await refusing(-200).inquire({ authority: order.authority });
    expect(evidence).not.toHaveProperty("reason");
  });
});

describe("ZARINPAL_DECLINE_REASONS", () => {
  /** Bindings are only handed on, so none are needed here. */
  const bindings = {} as Pick<Env, "DB" | "DUE" | "DELIVERIES" | "DOCUMENTS">;
  const serving = (list: string) => () => depsOf({ ...bindings, ...exampleSettings, ZARINPAL_DECLINE_REASONS: list });

  test.each(["", "-200:insufficient_funds", "-200:insufficient_funds, -204:limit_reached"])("can be %j", (list) => {
    expect(serving(list)).not.toThrow();
  });

  test.each(["-200", "200:insufficient_funds", "-200:poor", "nonsense"])(
    "cannot be %j: the server does not begin to serve",
    (list) => {
      expect(serving(list)).toThrow("ZARINPAL_DECLINE_REASONS");
    },
  );
});
