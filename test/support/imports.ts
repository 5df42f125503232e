// Import files for tests: customers of an existing system, whose running periods end on days to come.
import type { Answer } from "../../scripts/local/operator.ts";
import { sendLines, type Report } from "../../scripts/import/send.ts";
import { publicUrl, type World } from "./world.ts";

export const importedProduct = {
  kind: "product",
  id: "pro",
  name: "Pro of before",
  description: "",
  roundtableId: "before_pro",
  messageQuota: 1_000,
  grantOn: "period_start",
};

export const importedPrice = {
  kind: "price",
  id: "pro-monthly",
  productId: "pro",
  amountRials: 2_990_000,
  interval: "month",
  calendar: "jalali",
  taxBehavior: "exclusive",
  unpaidPolicy: "cancel",
};

/** A customer who paid on 15 Aban 1405 for a Jalali month; on 1 Azar half of it is over. */
export function anImported(n: number, subscription: object = {}, over: object = {}) {
  return {
    kind: "customer",
    id: `before-${n}`,
    paymentMethods: [
      {
        id: "pm-1",
        signature: `signature-of-customer-number-${n}`,
        mobile: `0912${String(n).padStart(7, "0")}`,
        maxAmountRials: 5_000_000,
        maxDailyCount: 2,
        maxMonthlyCount: 10,
        activatedAt: "2026-03-21T09:00:00Z",
        expiresAt: "2027-03-21T09:00:00Z",
      },
    ],
    subscriptions: [
      {
        id: "sub-1",
        priceId: "pro-monthly",
        paymentMethodId: "pm-1",
        periodStartsOn: "2026-11-06",
        periodEndsOn: "2026-12-06",
        ...subscription,
      },
    ],
    ...over,
  };
}

export interface ImportOptions {
  readonly isDryRun?: boolean;
  /** Called before each request; throwing ends the import there, as a kill does. */
  readonly beforeRequest?: (request: number) => void;
}

/** Imports records as `npm run import` does, with the script's own reading, packing and sending. */
export async function imported(
  world: World,
  token: string,
  records: readonly (object | string)[],
  { isDryRun = false, beforeRequest = () => undefined }: ImportOptions = {},
): Promise<Report> {
  let requests = 0;
  const post = async (body: object): Promise<Answer> => {
    beforeRequest(++requests);
    const response = await world.fetch(
      new Request(`${publicUrl}/v1/imports`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    );
    return { status: response.status, body: await response.json(), retryAfterMs: null };
  };
  const lines = records.map((record) => (typeof record === "string" ? record : JSON.stringify(record)));
  const reason = "From the system before";
  const sleep = async () => undefined;
  return sendLines(lines, { post, sleep, isDryRun, reason, partnerId: null, progress: () => undefined });
}
