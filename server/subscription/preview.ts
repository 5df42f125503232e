import { contract } from "../../contract/index.ts";
import { bucketOf, idFromSeed } from "../billing/ids.ts";
import { isRejection } from "../billing/rejection.ts";
import { decideSubscribe } from "../billing/subscribe.ts";
import { answered, asCustomer, refused } from "../http/handler.ts";
import { quoteIdOf } from "../http/quote.ts";
import { rehearse } from "../store/transact.ts";
import { quoteOf } from "./quote.ts";
import { couponOf, pricesOf, sameness, wantedOf } from "./wish.ts";

export const previewSubscription = asCustomer.route(contract.subscriptions.preview, async ({ body }, context) => {
  const { deps, caller, resourceSeed } = context;
  const { customerId, userId } = caller;
  const bucket = bucketOf(customerId);
  const subscriptionId = idFromSeed("sub", resourceSeed, bucket);
  const coupon = await couponOf(deps, body.couponCode);
  if (coupon && isRejection(coupon)) return refused(context, coupon);
  const rehearsed = await rehearse(deps, {
    customerId,
    priceIds: pricesOf(body),
    decide: (current, now) =>
      decideSubscribe(
        current,
        {
          customer: { id: customerId, userId },
          subscriptionId,
          invoiceId: idFromSeed("inv", resourceSeed, bucket),
          paymentId: idFromSeed("pay", resourceSeed, bucket),
          wanted: wantedOf(body),
          // A price is the same however it is paid; a page needs no payment method to be named.
          collection: "checkout",
          paymentMethodId: null,
          anchorDay: body.anchorDay ?? null,
          wantsTrial: body.trial,
          coupon,
          pricedAt: now.billing,
        },
        now,
      ),
  });
  if (isRejection(rehearsed)) return refused(context, rehearsed);
  const quote = quoteOf(rehearsed, subscriptionId);
  const quoteId = await quoteIdOf(deps, sameness(customerId, body), rehearsed.now);
  return answered(context, 200, { ...quote, quoteId });
});
