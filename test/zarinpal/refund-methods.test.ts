// Which ways of giving money back are on is configuration; a wrong one stops the server before it serves.
import { describe, expect, test } from "vitest";

import { Rials } from "../../contract/common/money.ts";
import { depsOf, type Env } from "../../server/deps.ts";
import { exampleSettings } from "../support/settings.ts";

const gateway = "https://gateway.test";
const access = {
  ZARINPAL_GRAPHQL_URL: `${gateway}/api/v4/graphql/`,
  ZARINPAL_ACCESS_TOKEN: "t0k3n",
  ZARINPAL_TERMINAL_ID: "238",
};

/** Bindings are only handed on, so none are needed here. */
const bindings = {} as Pick<Env, "DB" | "DUE" | "DELIVERIES" | "DOCUMENTS">;
const methods = (more: Record<string, string>) =>
  depsOf({ ...bindings, ...exampleSettings, ...more }).config.refundMethods;

describe("refund methods", () => {
  test("are manual alone when nothing is said", () => {
    expect(methods({})).toEqual(["manual"]);
    expect(methods(access)).toEqual(["manual"]);
  });

  test("are those that are listed", () => {
    expect(methods({ REFUND_METHODS: "reverse" })).toEqual(["reverse"]);
    expect(methods({ ...access, REFUND_METHODS: "manual, reverse,refund" })).toEqual(["manual", "reverse", "refund"]);
  });

  test.each(["", "manual,", "manually", "manual;refund"])("cannot be %j", (list) => {
    expect(() => methods({ ...access, REFUND_METHODS: list })).toThrow("REFUND_METHODS");
  });

  test.each(Object.keys(access))("with refund among them need %s, and say so", (name) => {
    const others = Object.fromEntries(Object.entries(access).filter(([one]) => one !== name));
    expect(() => methods({ ...others, REFUND_METHODS: "manual,refund" })).toThrow(
      `${name} must be set, since REFUND_METHODS has refund`,
    );
  });

  test("without refund among them leave nothing to send, even with access set", async () => {
    const order = { refId: "40123456", orderId: "pay_17", amountRials: Rials.parse(100_000), description: "x" };
    const { gateway: port } = depsOf({ ...bindings, ...exampleSettings, ...access });
    expect(await port.refundPayment(order)).toMatchObject({
      reason: "not_sent",
      evidence: { message: "not sent: no access to refunds is configured" },
    });
  });
});
