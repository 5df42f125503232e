// Opening a direct debit to be signed: for a price that is to be bought, or that one has already.
import type { PaymentMethodId } from "../../../contract/common/id.ts";
import { accepted } from "../site/api.ts";
import { choiceCookie, type Onward, type OwnVisit } from "../site/visit.ts";

const yearMs = 365 * 86_400_000;
const millionRials = 1_000_000;
const choiceForS = 3_600;
const counts = { maxDailyCount: 5, maxMonthlyCount: 20 };

interface Wanted {
  /** What a period costs, with VAT. */
  readonly neededRials: number;
  /** An instant of today. */
  readonly now: string;
  /** The one whose place it takes. */
  readonly replacesId?: PaymentMethodId;
  /** The page of ours where it goes on once it is signed. */
  readonly onward: string;
}

/**
 * Opens it for a year with room for twice the price, so that a larger plan or a new price needs no new signature; leads to
 * its page, or to proving a mobile number first.
 */
export async function openAgreement(visit: OwnVisit, wanted: Wanted): Promise<Onward> {
  const { neededRials, now, replacesId, onward } = wanted;
  const nationalId = visit.form.get("nationalId")?.trim() ?? "";
  const body = {
    ...counts,
    maxAmountRials: Math.ceil((2 * neededRials) / millionRials) * millionRials,
    expiresAt: new Date(Date.parse(now) + yearMs).toISOString(),
    ...(nationalId !== "" && { nationalId }),
    ...(replacesId && { replacesId }),
  };
  const answer = await visit.api.paymentMethods.create({ body });
  if (answer.status === 409 && answer.body.code === "mobile_not_verified") return { goTo: provingFor(onward) };
  const { id } = accepted(answer, 201).body.data.paymentMethod;
  const cookie = { name: choiceCookie, value: onward, maxAgeS: choiceForS };
  return { goTo: `/account/payment-methods/${id}?needs=${neededRials}`, cookie };
}

/** To proving a mobile number, and on from there. */
export function provingFor(onward: string): string {
  return `/account/mobile?next=${encodeURIComponent(onward)}`;
}
