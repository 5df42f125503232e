import { contract } from "../../contract/index.ts";
import { decideChange } from "../billing/change.ts";
import { bucketOf, idFromSeed } from "../billing/ids.ts";
import { isRejection } from "../billing/rejection.ts";
import { answered, asCustomer, refused } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { quoteIdOf } from "../http/quote.ts";
import { findSubscription } from "../store/read.ts";
import { rehearse } from "../store/transact.ts";
import { quoteOf } from "./quote.ts";
import { changedPrices, changeSameness, wantedChange } from "./wish.ts";

export const previewChange = asCustomer.route(
  contract.subscriptions.previewChange,
  async ({ params, body }, context) => {
    const { deps, caller, resourceSeed } = context;
    const { customerId } = caller;
    const { subscriptionId } = params;
    if (!(await findSubscription(deps.db, customerId, subscriptionId))) return refusal(context, "not_found");
    const bucket = bucketOf(customerId);
    const rehearsed = await rehearse(deps, {
      customerId,
      priceIds: changedPrices(body),
      decide: (current, now) =>
        decideChange(
          current,
          {
            subscriptionId,
            wanted: wantedChange(body),
            invoiceId: idFromSeed("inv", resourceSeed, bucket),
            paymentId: idFromSeed("pay", resourceSeed, bucket),
            pricedAt: now.billing,
          },
          now,
        ),
    });
    if (isRejection(rehearsed)) return refused(context, rehearsed);
    const quote = quoteOf(rehearsed, subscriptionId);
    const quoteId = await quoteIdOf(deps, changeSameness(subscriptionId, body), rehearsed.now);
    return answered(context, 200, { ...quote, quoteId });
  },
);
