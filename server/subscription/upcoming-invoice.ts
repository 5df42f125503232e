// What the next period will cost: its renewal, decided as of its first moment and not written.
import { contract } from "../../contract/index.ts";
import { rials } from "../billing/money.ts";
import { isRejection } from "../billing/rejection.ts";
import { decideUpcoming } from "../billing/upcoming.ts";
import { answered, asCustomer, refused } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { findSubscription } from "../store/read.ts";
import { rehearse } from "../store/transact.ts";
import { quoteOf } from "./quote.ts";

export const getUpcomingInvoice = asCustomer.route(
  contract.subscriptions.upcomingInvoice,
  async ({ params }, context) => {
    const { deps, caller } = context;
    const { customerId } = caller;
    const { subscriptionId } = params;
    const subscription = await findSubscription(deps.db, customerId, subscriptionId);
    if (!subscription) return refusal(context, "not_found");
    const rehearsed = await rehearse(deps, {
      customerId,
      decide: (slice, now, ids) => decideUpcoming(slice, subscriptionId, now, ids),
    });
    if (isRejection(rehearsed)) return refused(context, rehearsed);
    const quote = quoteOf(rehearsed, subscriptionId);
    const { startsAt: effectiveAt } = quote.period;
    const dueRials = quote.totalRials - quote.creditAppliedRials;
    return answered(context, 200, { ...quote, effectiveAt, dueRials: rials(dueRials), quoteId: null });
  },
);
