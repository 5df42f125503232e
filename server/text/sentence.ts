// One sentence in both languages. Rules say in English, in place, what went wrong and with which numbers; here such a
// sentence is found again by its places and said in Persian. So an answer that an Idempotency-Key keeps can be repeated in
// the language of whoever asks.
import type { InvoiceStatus } from "../../contract/invoice.ts";
import type { PaymentMethodStatus } from "../../contract/payment-method.ts";
import type { PaymentStatus } from "../../contract/payment.ts";
import type { ReservationStatus } from "../../contract/quota.ts";
import type { RefundStatus } from "../../contract/refund.ts";
import type { SubscriptionStatus } from "../../contract/subscription.ts";
import { digitsText } from "./amount.ts";
import { dateText, timeText } from "./date.ts";

/** What can stand in a place, and how Persian writes it. */
const kinds = {
  /** An id of ours, as it stands. */
  id: { pattern: String.raw`[a-z]+_\w+`, say: (found: string) => found },
  /** A whole number, or an amount grouped by commas. */
  number: { pattern: String.raw`-?\d[\d,]*`, say: (found: string) => digitsText("fa", found).replaceAll(",", "٬") },
  instant: { pattern: String.raw`\d{4}-\d\d-\d\dT[\d:.]+Z`, say: instantText },
  /** A state that something is in. */
  state: { pattern: "[a-z_]+", say: stateText },
  /** What is left to do: `sub_1 is active, inv_2 is open`. */
  things: { pattern: ".+", say: thingsText },
  /** A name, a code, or whatever was sent. */
  text: { pattern: ".+?", say: (found: string) => found },
} as const satisfies Readonly<Record<string, { pattern: string; say: (found: string) => string }>>;

type Kind = keyof typeof kinds;
/** A second place of a kind has a number. */
type Place = Kind | `${Kind}${2 | 3 | 4 | 5}`;

/** The names of the places in a sentence. Example: `{id} is {state}.` has `id` and `state`. */
type PlacesIn<S extends string> = S extends `${string}{${infer P}}${infer Rest}` ? P | PlacesIn<Rest> : never;

export interface Sentence {
  readonly en: string;
  /** The sentence in Persian when this is it; null when it is another one. */
  readonly inPersian: (said: string) => string | null;
}

/**
 * A sentence of ours: English with its places, and Persian made of them.
 * Example: `sentence("{id} is {state}.", ({ id, state }) => …)` reads `inv_1 is paid.`.
 */
export function sentence<S extends string>(
  en: PlacesIn<S> extends Place ? S : never,
  fa: (places: Readonly<Record<PlacesIn<S>, string>>) => string,
): Sentence {
  // What stands between places, and every second part a place.
  const parts = en.split(/\{(\w+)\}/);
  const names = parts.filter((_, index) => index % 2 === 1);
  const reading = new RegExp(
    `^${parts.map((part, index) => (index % 2 === 1 ? placeOf(part) : escaped(part))).join("")}$`,
  );
  const inPersian = (said: string) => {
    const found = reading.exec(said);
    if (!found) return null;
    return fa(placesOf<S>(names.map((name, index) => [name, kinds[kindOf(name)].say(found[index + 1] ?? "")])));
  };
  return { en, inPersian };
}

const placeOf = (name: string) => `(${kinds[kindOf(name)].pattern})`;
const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** Safe, since `sentence` takes no other places. Example: `id2` is an `id`. */
function kindOf(name: string): Kind {
  return name.replace(/\d$/, "") as Kind;
}

/** Safe, since there is one entry for each place of the sentence. */
function placesOf<S extends string>(entries: readonly (readonly [string, string])[]) {
  return Object.fromEntries(entries) as Readonly<Record<PlacesIn<S>, string>>;
}

/** Example: `۱ آذر ۱۴۰۵، ساعت ۱۱:۳۰`, in Tehran. */
function instantText(instant: string): string {
  const atMs = Date.parse(instant);
  return `${dateText("fa", atMs)}، ساعت ${timeText("fa", atMs)}`;
}

const states: Readonly<
  Record<
    SubscriptionStatus | InvoiceStatus | PaymentStatus | PaymentMethodStatus | RefundStatus | ReservationStatus,
    string
  >
> = {
  incomplete: "در انتظار نخستین پرداخت",
  incomplete_expired: "آغازنشده",
  trialing: "در دورهٔ آزمایشی",
  active: "فعال",
  past_due: "معوق",
  paused: "متوقف",
  canceled: "لغوشده",
  open: "باز",
  paid: "پرداخت‌شده",
  void: "باطل",
  uncollectible: "وصول‌نشدنی",
  created: "ساخته‌شده",
  submitted: "در دست بانک",
  unknown: "نامعلوم",
  verifying: "در حال تأیید",
  needs_review: "در انتظار بررسی",
  succeeded: "موفق",
  failed: "ناموفق",
  lapsed: "بی‌نتیجه",
  closed: "بسته",
  surplus: "مازاد",
  reversed: "برگشت‌خورده",
  refunded: "بازپرداخت‌شده",
  pending: "در انتظار",
  pending_signature: "در انتظار امضا",
  verification_failed: "امضانشده",
  cancelled_by_user: "لغوشده",
  expired: "پایان‌یافته",
  reserved: "کنارگذاشته",
  committed: "قطعی",
  released: "آزاد",
};

/** Example: `sub_1 is active, inv_2 is open` is `sub_1 (فعال)، inv_2 (باز)`. */
function thingsText(things: string): string {
  const named = things.replaceAll(
    /(\w+) is ([a-z_]+)/g,
    (_, id: string, state: string) => `${id} (${stateText(state)})`,
  );
  return named.replaceAll(", ", "، ");
}

/** Other words of the contract stay as they are: programs know them. */
function stateText(state: string): string {
  return new Map(Object.entries(states)).get(state) ?? state;
}
