// How many seats, and what comes on top: asked with a change of plan, and left as they are by whoever does not open this.
import * as z from "zod";
import { PriceId } from "../../../contract/common/id.ts";
import type { Product } from "../../../contract/product.ts";
import { Quantity, type AddOn, type Subscription } from "../../../contract/subscription.ts";
import { Hidden } from "../site/parts.tsx";
import { Refused, type OwnVisit } from "../site/visit.ts";
import { latinDigits, nameOf, priceText } from "../site/words.ts";

const addOnPrefix = "on-";

interface Held {
  readonly visit: OwnVisit;
  readonly subscription: Subscription;
  readonly sold: readonly Product[];
}

export function Extras({ visit, subscription, sold }: Held) {
  const { texts, totalOf } = visit;
  const { seats: words } = texts.site;
  const offers = sold
    .filter(({ addOn }) => addOn)
    .flatMap((product) =>
      product.prices.filter(({ active, interval }) => active && interval !== null).map((price) => ({ product, price })),
    );
  const shown = new Set(offers.map(({ price }) => price.id));
  const others = subscription.addOns.filter(({ priceId }) => !shown.has(priceId));
  const quantityOf = (id: PriceId) => subscription.addOns.find(({ priceId }) => priceId === id)?.quantity ?? 0;
  return (
    <details open={subscription.quantity > 1 || subscription.addOns.length > 0}>
      <summary>{words.title}</summary>
      <Amount name="quantity" label={words.seats} value={subscription.quantity} least={1} />
      <Hidden
        fields={Object.fromEntries(
          others.map(({ priceId, quantity }) => [`${addOnPrefix}${priceId}`, String(quantity)]),
        )}
      />
      {offers.map(({ product, price }) => (
        <Amount
          name={`${addOnPrefix}${price.id}`}
          label={`${nameOf(texts, product)} · ${priceText(texts, totalOf(price), price)}`}
          value={quantityOf(price.id)}
          least={0}
        />
      ))}
    </details>
  );
}

function Amount({ name, label, value, least }: { name: string; label: string; value: number; least: number }) {
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <input
        type="number"
        id={name}
        name={name}
        dir="ltr"
        min={String(least)}
        max="1000"
        value={String(value)}
        required
      />
    </div>
  );
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
  return { quantity: countIn(quantity), addOns };
}

function countIn(text: string): number {
  const count = Count.safeParse(latinDigits(text));
  if (count.success) return count.data;
  throw new Refused({ code: "validation_failed", status: 422, field: "quantity", requestId: null });
}

/** The same once more, in the form that confirms it. */
export function SameExtras({ query }: { query: URLSearchParams }) {
  const kept = [...query].filter(([name]) => name === "quantity" || name.startsWith(addOnPrefix));
  return <Hidden fields={Object.fromEntries(kept)} />;
}
