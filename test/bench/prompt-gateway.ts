// A gateway that settles whatever a renewal asks of it, at once.
import type { Evidence, GatewayCallName, Outcome } from "../../server/billing/outcome.ts";
import type { Gateway } from "../../server/zarinpal/gateway.ts";

export function promptGateway(): Gateway {
  return {
    requestPayment: async () => settled("payment/request", { authority: `A${crypto.randomUUID()}` }),
    debit: async () => settled("payman/checkout", { referenceId: crypto.randomUUID() }),
    inquire: async () => settled("payment/inquiry", { status: "PAID" as const }),
    verifyPayment: async () => {
      const verification = { refId: crypto.randomUUID(), repeated: false, cardPanMasked: null, merchantFeeRials: 0 };
      return settled("payment/verify", verification);
    },
    listUnverified: unasked,
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
