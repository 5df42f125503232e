// How many seats, and what comes on top: asked when subscribing and with a change of plan, and left as they are by whoever
// does not open this.
import * as z from "zod";
import { PriceId } from "../../../contract/common/id.ts";
import type { Price, Product } from "../../../contract/product.ts";
import { Quantity, type AddOn, type Subscription } from "../../../contract/subscription.ts";
import { offerAmong, type Offered } from "../account/held.ts";
import { digitsText } from "../../text/amount.ts";
import { Field, Hidden } from "../site/parts.tsx";
import { Refused, type Visit } from "../site/visit.ts";
import { latinDigits, nameOf, priceText } from "../site/words.ts";

const addOnPrefix = "on-";

/** How many, and what comes on top; left out is what stays. */
export type Extras = Partial<Pick<Subscription, "quantity" | "addOns">>;

interface Held {
  readonly visit: Visit;
  readonly held: Extras;
  readonly offers: readonly Offered[];
}

/** What is sold beside others; beside this price, where one is given. */
export function addOnsFor(sold: readonly Product[], main?: Price): readonly Offered[] {
  const fits = ({ active, interval, calendar }: Price) =>
    active && interval !== null && (main === undefined || (interval === main.interval && calendar === main.calendar));
  return sold
    .filter(({ addOn }) => addOn)
    .flatMap((product) => product.prices.filter(fits).map((price) => ({ product, price })));
}

export function ExtraFields({ visit, held, offers }: Held) {
  const { texts, totalOf } = visit;
  const { quantity = 1, addOns = [] } = held;
  const shown = new Set(offers.map(({ price }) => price.id));
  const others = addOns.filter(({ priceId }) => !shown.has(priceId));
  const quantityOf = (id: PriceId) => addOns.find(({ priceId }) => priceId === id)?.quantity ?? 0;
  return (
    <>
      <HowMany visit={visit} name="quantity" label={texts.site.seats.seats} value={quantity} />
      <Hidden
        fields={Object.fromEntries(
          others.map(({ priceId, quantity: many }) => [`${addOnPrefix}${priceId}`, `${many}`]),
        )}
      />
      {offers.map(({ product, price }) => (
        <HowMany
          visit={visit}
          name={`${addOnPrefix}${price.id}`}
          label={`${nameOf(texts, product)} · ${priceText(texts, totalOf(price), price)}`}
          value={quantityOf(price.id)}
        />
      ))}
    </>
  );
}

/** Whether there is more than the one seat that everybody has. */
export function isMore({ quantity = 1, addOns = [] }: Extras): boolean {
  return quantity > 1 || addOns.length > 0;
}

interface HowManyParts {
  readonly visit: Visit;
  readonly name: string;
  readonly label: string;
  readonly value: number;
}

/** No field of numbers: browsers show theirs in Latin digits, whatever the page is in. */
function HowMany({ visit, name, label, value }: HowManyParts) {
  const shown = digitsText(visit.texts.language, `${value}`);
  return <Field visit={visit} name={name} label={label} inputmode="numeric" maxlength={4} value={shown} />;
}

const Count = z.coerce.number().pipe(z.union([z.literal(0), Quantity]));

/** What was asked for; left out is what stays. Refused when it is no number that can be. */
export function extrasIn(fields: URLSearchParams): { readonly quantity?: number; readonly addOns?: AddOn[] } {
  const quantity = fields.get("quantity");
  if (quantity === null) return {};
  const named = [...fields].filter(([name]) => name.startsWith(addOnPrefix));
  const addOns = named.flatMap(([name, text]): readonly AddOn[] => {
    const priceId = PriceId.safeParse(name.slice(addOnPrefix.length)).data;
    const many = countIn(text);
    return priceId === undefined || many === 0 ? [] : [{ priceId, quantity: many }];
  });
  const seats = countIn(quantity);
  if (seats === 0) throw noCount();
  return { quantity: seats, addOns };
}

function countIn(text: string): number {
  const count = Count.safeParse(latinDigits(text));
  if (count.success) return count.data;
  throw noCount();
}

function noCount(): Refused {
  return new Refused({ code: "validation_failed", status: 422, field: "quantity", requestId: null });
}

/** The same once more, in the form that confirms it. */
export function SameExtras({ query }: { query: URLSearchParams }) {
  const kept = [...query].filter(([name]) => name === "quantity" || name.startsWith(addOnPrefix));
  return <Hidden fields={Object.fromEntries(kept)} />;
}

/** What a period of it all costs, with VAT, before anything is taken off. */
export function fullRials(
  { totalOf, url }: Visit,
  { sold, price }: { readonly sold: readonly Product[]; readonly price: Price },
): number {
  const { quantity = 1, addOns = [] } = extrasIn(url.searchParams);
  const items = [{ price, quantity }, ...addOns.map((one) => ({ ...one, price: offerAmong(sold, one.priceId).price }))];
  return items.reduce((sum, item) => sum + totalOf(item.price) * item.quantity, 0);
}
