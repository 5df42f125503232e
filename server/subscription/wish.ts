// What somebody asks to subscribe to, made ready for the rules: the coupon it names, and who it is that has a trial.
import type { CustomerId, PriceId, SubscriptionId } from "../../contract/common/id.ts";
import type { ProblemCode } from "../../contract/common/problem.ts";
import { after, minuteMs } from "../billing/clock.ts";
import type { Coupon } from "../billing/coupon.ts";
import { bucketOf, idFromSeed } from "../billing/ids.ts";
import { isRejection, reject, type Rejection } from "../billing/rejection.ts";
import type { Deps } from "../deps.ts";
import type { RequestContext } from "../http/context.ts";
import { keyedHash } from "../http/keyed-hash.ts";
import type { CallerFor } from "../http/mount.ts";
import type { Fact } from "../store/claim.ts";
import { claimAtHome } from "../store/claims-at-home.ts";
import { findCoupon } from "../store/coupons.ts";
import { atHome, type Placed } from "../store/databases.ts";
import { findOffer, findSubscription } from "../store/read.ts";
import { findPerson } from "../store/user.ts";

/** A claim that is not made good by then is anybody's again. */
const claimForMs = 5 * minuteMs;

export interface Wish {
  readonly priceId: PriceId;
  readonly quantity?: number | undefined;
  readonly addOns?: readonly { readonly priceId: PriceId; readonly quantity: number }[] | undefined;
  readonly couponCode?: string | undefined;
  readonly anchorDay?: number | undefined;
  readonly trial: boolean;
}

/** What a quote is signed over: everything that its amounts depend on. */
export function sameness(customerId: CustomerId, wish: Wish): readonly unknown[] {
  const { priceId, quantity = 1, addOns = [], couponCode = null, anchorDay = null, trial } = wish;
  return [customerId, priceId, quantity, addOns, couponCode, anchorDay, trial];
}

export function pricesOf({ priceId, addOns = [] }: Pick<Wish, "priceId" | "addOns">): readonly PriceId[] {
  return [priceId, ...addOns.map((addOn) => addOn.priceId)];
}

/** What the rules are asked for, by both the preview and the subscribing: the request's seed names all that it makes. */
export function orderOf({ caller, resourceSeed }: Ordering, wish: Wish, coupon: Coupon | null) {
  const { customerId, userId } = caller;
  const { priceId, quantity = 1, addOns = [], anchorDay = null, trial: wantsTrial } = wish;
  const bucket = bucketOf(customerId);
  return {
    customer: { id: customerId, userId },
    subscriptionId: idFromSeed("sub", resourceSeed, bucket),
    invoiceId: idFromSeed("inv", resourceSeed, bucket),
    paymentId: idFromSeed("pay", resourceSeed, bucket),
    wanted: { priceId, quantity, addOns: addOns.map((addOn) => ({ ...addOn })) },
    anchorDay,
    wantsTrial,
    coupon,
  };
}

type Ordering = Pick<RequestContext<CallerFor<"customer">>, "caller" | "resourceSeed">;

/** The coupon of a code; null when none is named. Rejects `coupon_not_valid` for one that nobody knows. */
export async function couponOf(
  deps: Placed,
  code: string | undefined,
): Promise<Coupon | null | Rejection<"coupon_not_valid">> {
  if (code === undefined) return null;
  return (await findCoupon(atHome(deps).db, code)) ?? reject("coupon_not_valid", `There is no coupon ${code}.`);
}

interface Claimant {
  readonly customerId: CustomerId;
  readonly userId: string;
  readonly subscriptionId: SubscriptionId;
}

type ClaimRefusal = "trial_used" | "mobile_not_verified" | "coupon_not_valid" | "coupon_used_up";

/** What is to be had once: the coupon, and the wish for a trial; and what the rules say to the rest, writing nothing. */
interface Claiming<C extends ProblemCode> {
  readonly wish: Wish;
  readonly coupon: Coupon | null;
  readonly rehearse: () => Promise<object | Rejection<C>>;
}

/**
 * The claims that a subscription needs: a place among those who may redeem its coupon, and its person's one trial. None
 * when it was made before, by an earlier try of the same request; none are made of what the rules refuse anyway, or a
 * refusal would keep a place from others for a while.
 */
export async function claimsFor<C extends ProblemCode>(
  deps: Deps,
  claimant: Claimant,
  claiming: Claiming<C>,
): Promise<readonly Fact[] | Rejection<ClaimRefusal | C>> {
  const isMade = async () => (await findSubscription(deps.db, claimant.customerId, claimant.subscriptionId)) !== null;
  if (await isMade()) return [];
  const facts = await claimAll(deps, claimant, claiming);
  // What is taken may be its own: made in between by the same request, sent again when this one's lock had run out.
  return isRejection(facts) && (await isMade()) ? [] : facts;
}

async function claimAll<C extends ProblemCode>(
  deps: Deps,
  { customerId, userId }: Claimant,
  { wish, coupon, rehearse }: Claiming<C>,
): Promise<readonly Fact[] | Rejection<ClaimRefusal | C>> {
  const trials = wish.trial ? await trialsOf(deps, wish.priceId, userId) : [];
  if ("rejected" in trials) return trials;
  if (trials.length === 0 && !coupon) return [];
  const rehearsed = await rehearse();
  if (isRejection(rehearsed)) return rehearsed;
  const facts: Fact[] = [];
  for (const fact of trials) {
    const claimed = await claimAtHome(deps, { ...fact, ...claimOf(deps, customerId), among: null });
    if (claimed !== "claimed") return reject("trial_used", "This person has had a trial of the product before.");
    facts.push(fact);
  }
  if (!coupon) return facts;
  const fact = { kind: "coupon", key: `${coupon.id}:${customerId}` };
  const max = coupon.maxRedemptions ?? Number.MAX_SAFE_INTEGER;
  const among = { prefix: `${coupon.id}:`, max };
  const claimed = await claimAtHome(deps, { ...fact, ...claimOf(deps, customerId), among });
  if (claimed === "owned") return reject("coupon_not_valid", `You have redeemed ${coupon.code} before.`);
  if (claimed === "taken") return reject("coupon_used_up", `${coupon.code} has been redeemed ${max} times.`);
  return [...facts, fact];
}

function claimOf({ wall }: Pick<Deps, "wall">, customerId: CustomerId) {
  return { customerId, expiresAt: after(wall(), claimForMs) };
}

/** One trial for each person and product: the person is the proved mobile number, of which only a keyed hash is kept. */
async function trialsOf(
  deps: Deps,
  priceId: PriceId,
  userId: string,
): Promise<readonly Fact[] | Rejection<"mobile_not_verified">> {
  const offer = await findOffer(deps.db, priceId);
  if (!offer || offer.price.trialDays === 0) return [];
  const { mobile } = await findPerson(atHome(deps).db, userId);
  if (mobile === null) return reject("mobile_not_verified", "A trial is for a person: prove a mobile number first.");
  return [{ kind: "trial", key: `${offer.product.id}:${await keyedHash(deps, "trial", mobile)}` }];
}

interface ChangeWish {
  readonly priceId?: PriceId | undefined;
  readonly quantity?: number | undefined;
  readonly addOns?: readonly { readonly priceId: PriceId; readonly quantity: number }[] | undefined;
}

/** What the quote of a change is signed over. */
export function changeSameness(subscriptionId: SubscriptionId, wish: ChangeWish): readonly unknown[] {
  return [subscriptionId, wish.priceId ?? null, wish.quantity ?? null, wish.addOns ?? null];
}

export function changedPrices({ priceId, addOns = [] }: ChangeWish): readonly PriceId[] {
  return [...(priceId === undefined ? [] : [priceId]), ...addOns.map((addOn) => addOn.priceId)];
}

/** What is not named stays as it is. */
export function wantedChange({ priceId, quantity, addOns }: ChangeWish) {
  return {
    ...(priceId !== undefined && { priceId }),
    ...(quantity !== undefined && { quantity }),
    ...(addOns !== undefined && { addOns: addOns.map((addOn) => ({ ...addOn })) }),
  };
}
