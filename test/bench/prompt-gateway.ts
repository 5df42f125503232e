// A gateway that settles whatever a renewal asks of it, at once.
import type { Evidence, GatewayCallName, Outcome } from "../../server/billing/outcome.ts";
import type { Gateway } from "../../server/zarinpal/gateway.ts";

export function promptGateway(): Gateway {
  let last = 0;
  const next = () => String(++last).padStart(35, "0");
  return {
    requestPayment: async () => settled("payment/request", { authority: `A${next()}` }),
    debit: async () => settled("payman/checkout", { referenceId: next() }),
    inquire: async () => settled("payment/inquiry", { status: "PAID" as const }),
    verifyPayment: async () =>
      settled("payment/verify", { refId: next(), repeated: false, cardPanMasked: null, merchantFeeRials: 0 }),
    listUnverified: async () => settled("payment/unVerified", { payments: [] }),
    reversePayment: unasked,
    refundPayment: unasked,
    requestAgreement: unasked,
    listBanks: unasked,
    verifyAgreement: unasked,
    cancelAgreement: unasked,
  };
}

function settled<T>(call: GatewayCallName, value: T): Outcome<T> {
  const evidence: Evidence = { call, httpStatus: 200, code: 100, message: null };
  return { kind: "settled", value, evidence };
}

async function unasked(): Promise<never> {
  throw new Error("No renewal asks this");
}
