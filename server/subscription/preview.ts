import { contract } from "../../contract/index.ts";
import { isRejection } from "../billing/rejection.ts";
import { decideSubscribeUnpaid } from "../billing/subscribe.ts";
import { answered, asCustomer, refused } from "../http/handler.ts";
import { quoteIdOf } from "../http/quote.ts";
import { rehearse } from "../store/transact.ts";
import { quoteOf } from "./quote.ts";
import { couponOf, orderOf, pricesOf, sameness } from "./wish.ts";

export const previewSubscription = asCustomer.route(contract.subscriptions.preview, async ({ body }, context) => {
  const { deps, caller } = context;
  const { customerId } = caller;
  const coupon = await couponOf(deps, body.couponCode);
  if (coupon && isRejection(coupon)) return refused(context, coupon);
  const order = orderOf(context, body, coupon);
  const rehearsed = await rehearse(deps, {
    customerId,
    priceIds: pricesOf(body),
    decide: (current, now) => decideSubscribeUnpaid(current, { ...order, pricedAt: now.billing }, now),
  });
  if (isRejection(rehearsed)) return refused(context, rehearsed);
  const quote = quoteOf(rehearsed, order.subscriptionId);
  const quoteId = await quoteIdOf(deps, sameness(customerId, body), rehearsed.now);
  return answered(context, 200, { ...quote, quoteId });
});
