// Coupons: what there is with how often each was used, and a new one. None ever changes; it is ended.
import { CouponId, ProductId } from "../../../contract/common/id.ts";
import { TehranDate } from "../../../contract/common/time.ts";
import type { Coupon } from "../../../contract/coupon.ts";
import type { Product } from "../../../contract/product.ts";
import { percentText } from "../../text/amount.ts";
import type { Texts } from "../../text/texts.ts";
import { productsOf } from "../account/held.ts";
import { accepted } from "../site/api.ts";
import { Button, Field, Form, Tag } from "../site/parts.tsx";
import { idIn, Refused, typed, type OperatorPage, type Visit } from "../site/visit.ts";
import { count, lastDay, nameOf } from "../site/words.ts";
import { Choice, chosenIn, Code, cursorIn, More, wholeNumberOrNull } from "./parts.tsx";
import { rials } from "./words.ts";

const limit = 25;

export const coupons: OperatorPage = {
  path: "/operator/coupons",
  who: "operator",
  show: async (visit) => {
    const { texts, api } = visit;
    const { coupons: words, nothing } = texts.operator;
    const [listed, products] = await Promise.all([
      api.coupons.list({ query: { limit, ...cursorIn(visit) } }),
      productsOf(visit),
    ]);
    const { data, page } = accepted(listed, 200).body;
    const content = (
      <>
        <section class="card">
          {data.length === 0 ? <p class="quiet">{nothing}</p> : null}
          <ul class="plain">
            {data.map((coupon) => (
              <One visit={visit} coupon={coupon} products={products} />
            ))}
          </ul>
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
  const typedDay = form.get("lastDay")?.trim() ?? "";
  if (typedDay === "") return null;
  const day = TehranDate.safeParse(typedDay);
  if (!day.success) throw new Refused({ code: "validation_failed", status: 422, field: "lastDay", requestId: null });
  return `${day.data}T20:30:00Z`;
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
  const most = maxRedemptions === null ? "∞" : count(texts, maxRedemptions);
  return (
    <li>
      <p class="row">
        <Code>{code}</Code>
        <Tag of={active ? "active" : "ended"}>{active ? words.active : words.ended}</Tag>
      </p>
      <p class="row">
        <span>
          {offOf(texts, coupon)} · {words.durations[duration]}
        </span>
        <span class="quiet">
          {words.redeemed}: {words.of(count(texts, redemptions), most)}
        </span>
      </p>
      {expiresAt === null && productId === null ? null : (
        <p class="row quiet">
          <span>{productId === null ? null : product ? nameOf(texts, product) : <Code>{productId}</Code>}</span>
          <span>{expiresAt === null ? null : words.until(lastDay(texts, expiresAt))}</span>
        </p>
      )}
      {active ? (
        <Button visit={visit} does="end" of={{ id }} look="plainly">
          {words.end}
        </Button>
      ) : null}
    </li>
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
      <Form visit={visit} does="create">
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
        <Field visit={visit} name="lastDay" type="date" label={words.lastDay} hint={catalogue.optional} isOptional />
        <button>{catalogue.create}</button>
      </Form>
    </section>
  );
}
