// What a subscription would cost, asked of our interface, with the seats, the add-ons and the coupon in the address.
import { PriceId } from "../../../contract/common/id.ts";
import type { Quote } from "../../../contract/subscription.ts";
import { accepted } from "../site/api.ts";
import { idIn, Refused, type OwnVisit, type Trouble } from "../site/visit.ts";
import { extrasIn } from "./seats.tsx";

/** A quote, with what it was made of. */
export interface Quoted {
  readonly quote: Quote;
  readonly coupon: string | null;
  readonly hasTrial: boolean;
  /** Why the coupon does not count. */
  readonly trouble: Trouble | null;
}

/** With the coupon in the address, or without it when it cannot be used. */
export async function quotedFor(visit: OwnVisit): Promise<Quoted> {
  const coupon = visit.url.searchParams.get("coupon")?.trim() ?? "";
  const hasTrial = visit.url.searchParams.get("trial") !== "no";
  const trouble = coupon === "" ? null : await triedWith(visit, coupon, hasTrial);
  if (trouble !== null && "quote" in trouble) return trouble;
  return { quote: await previewed(visit, { trial: hasTrial }), coupon: null, hasTrial, trouble };
}

async function triedWith(visit: OwnVisit, coupon: string, hasTrial: boolean): Promise<Quoted | Trouble> {
  try {
    const quote = await previewed(visit, { couponCode: coupon, trial: hasTrial });
    return { quote, coupon, hasTrial, trouble: null };
  } catch (error) {
    if (error instanceof Refused && error.trouble.field === "coupon") return error.trouble;
    throw error;
  }
}

/** What a wish would come to now, with the seats and add-ons in the address. */
export async function previewed(
  { api, params, url }: OwnVisit,
  wish: { couponCode?: string; trial: boolean },
): Promise<Quote> {
  const body = { priceId: idIn(PriceId, params["priceId"]), ...extrasIn(url.searchParams), ...wish };
  return accepted(await api.subscriptions.preview({ body }), 200).body.data;
}
