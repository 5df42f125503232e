// Coupons: what there is with how often each was used, and a new one. None ever changes; it is ended.
import { CouponId, ProductId } from "../../../contract/common/id.ts";
import type { Coupon } from "../../../contract/coupon.ts";
import type { Product } from "../../../contract/product.ts";
import { percentText } from "../../text/amount.ts";
import { dayWritten } from "../../text/date.ts";
import type { Texts } from "../../text/texts.ts";
import { productsOf } from "../account/held.ts";
import { accepted } from "../site/api.ts";
import { Button, Field, Form, Tag } from "../site/parts.tsx";
import { idIn, Refused, typed, type OperatorPage, type Visit } from "../site/visit.ts";
import { count, lastDay, latinDigits, nameOf } from "../site/words.ts";
import { Choice, chosenIn, Code, cursorIn, More, Rows, wholeNumberOrNull } from "./parts.tsx";
import { rials } from "./words.ts";

const limit = 25;

export const coupons: OperatorPage = {
  path: "/operator/coupons",
  who: "operator",
  show: async (visit) => {
    const { texts, api } = visit;
    const { coupons: words, customers } = texts.operator;
    const [listed, products] = await Promise.all([
      api.coupons.list({ query: { limit, ...cursorIn(visit) } }),
      productsOf(visit),
    ]);
    const { data, page } = accepted(listed, 200).body;
    const content = (
      <>
        <section class="card">
          <Rows
            visit={visit}
            heads={[words.code, customers.status, words.off, words.redeemed, ""]}
            of={data}
            row={(coupon) => <One visit={visit} coupon={coupon} products={products} />}
          />
        </section>
        <More visit={visit} nextCursor={page.nextCursor} />
        <Fresh visit={visit} products={products} />
      </>
    );
    return { title: words.title, content };
  },
  actions: { create, end },
};

async function create(visit: Visit) {
  const percent = wholeNumberOrNull(visit, "percent");
  const body = {
    code: typed(visit, "code"),
    percentBasisPoints: percent === null ? null : percent * 100,
    amountRials: wholeNumberOrNull(visit, "amount"),
    duration: chosenIn(visit, "duration", ["once", "periods", "forever"]),
    durationPeriods: wholeNumberOrNull(visit, "periods"),
    maxRedemptions: wholeNumberOrNull(visit, "most"),
    productId: visit.form.get("product") ? idIn(ProductId, visit.form.get("product")) : null,
    expiresAt: lastDayIn(visit),
  };
  accepted(await visit.api.coupons.create({ body }), 201);
  return { goTo: "/operator/coupons?done=created" };
}

/** The end of the day that was chosen, in Tehran; null where none was. */
function lastDayIn({ form }: Visit): string | null {
  const typedDay = latinDigits(form.get("lastDay")?.trim() ?? "");
  if (typedDay === "") return null;
  const day = dayWritten(typedDay);
  if (day === null) throw new Refused({ code: "validation_failed", status: 422, field: "lastDay", requestId: null });
  return `${day}T20:30:00Z`;
}

async function end(visit: Visit) {
  const params = { couponId: idIn(CouponId, visit.form.get("id")) };
  accepted(await visit.api.coupons.archive({ params, body: {} }), 200);
  return { goTo: "/operator/coupons?done=archived" };
}

interface Listed {
  readonly visit: Visit;
  readonly coupon: Coupon;
  readonly products: readonly Product[];
}

function One({ visit, coupon, products }: Listed) {
  const { texts } = visit;
  const { coupons: words } = texts.operator;
  const { id, code, active, redemptions, maxRedemptions, duration, expiresAt, productId } = coupon;
  const product = products.find((each) => each.id === productId);
  return (
    <tr>
      <td>
        <Code>{code}</Code>
      </td>
      <td>
        <Tag of={active ? "active" : "ended"}>{active ? words.active : words.ended}</Tag>
      </td>
      <td>
        {offOf(texts, coupon)} · {words.durations[duration]}
        {productId === null ? null : (
          <div class="quiet">{product ? nameOf(texts, product) : <Code>{productId}</Code>}</div>
        )}
      </td>
      <td>
        {maxRedemptions === null
          ? words.times(count(texts, redemptions))
          : words.timesOf(count(texts, redemptions), count(texts, maxRedemptions))}
        {expiresAt === null ? null : <div class="quiet">{words.until(lastDay(texts, expiresAt))}</div>}
      </td>
      <td class="whole">
        {active ? (
          <Button visit={visit} does="end" of={{ id }} look="plainly wrong">
            {words.end}
          </Button>
        ) : null}
      </td>
    </tr>
  );
}

function offOf(texts: Texts, { percentBasisPoints, amountRials }: Coupon): string {
  if (percentBasisPoints !== null) return percentText(texts.language, percentBasisPoints);
  return rials(texts, amountRials ?? 0);
}

function Fresh({ visit, products }: { visit: Visit; products: readonly Product[] }) {
  const { coupons: words, catalogue } = visit.texts.operator;
  const names = products.map((product) => [product.id, nameOf(visit.texts, product)] as const);
  return (
    <section class="card">
      <h2>{words.fresh}</h2>
      <Form visit={visit} does="create" class="fields">
        <Field visit={visit} name="code" label={words.code} hint={words.codeHint} maxlength={40} />
        <Field visit={visit} name="percent" label={words.percent} hint={words.percentHint} maxlength={3} isOptional />
        <Field visit={visit} name="amount" label={words.amount} maxlength={24} isOptional />
        <Choice visit={visit} name="duration" label={words.duration} options={words.durations} />
        <Field visit={visit} name="periods" label={words.periods} hint={words.periodsHint} maxlength={3} isOptional />
        <Field visit={visit} name="most" label={words.most} hint={catalogue.optional} maxlength={9} isOptional />
        <Choice
          visit={visit}
          name="product"
          label={catalogue.product}
          options={{ "": words.everyProduct, ...Object.fromEntries(names) }}
        />
        <Field visit={visit} name="lastDay" label={words.lastDay} hint={words.lastDayHint} maxlength={10} isOptional />
        <button>{catalogue.create}</button>
      </Form>
    </section>
  );
}
