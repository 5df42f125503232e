// What a price and its product may say about granting, taxing, trying, dunning and using up: closed lists of words.
import * as z from "zod";

export const GrantOn = z.enum(["period_start", "payment"]).meta({
  description: "When a period's messages are granted: as the period starts, or once it is paid.",
  example: "period_start",
});

export const TaxBehavior = z.enum(["inclusive", "exclusive"]).meta({
  description: "Whether the amount holds VAT already or VAT comes on top.",
  example: "exclusive",
});

export const UnpaidPolicy = z.enum(["cancel", "pause"]).meta({
  description: "What becomes of a subscription when the last attempt to collect a renewal has failed.",
  example: "cancel",
});

export const LatePaymentPolicy = z.enum(["credit", "refund", "reactivate"]).meta({
  description:
    "What money does that comes for an invoice after collecting it was given up: it becomes the customer's `credit`, " +
    "is ordered to be given back (`refund`), or pays the invoice and brings the subscription back while its period " +
    "lasts (`reactivate`, else credit).",
  example: "credit",
});

export const GraceAccess = z.enum(["keep", "narrow"]).meta({
  description:
    "What a subscriber has while a renewal is unpaid: all that was granted (`keep`), or no message until it is paid " +
    "(`narrow`).",
  example: "keep",
});

export const CancelCredit = z.enum(["none", "prorated"]).meta({
  description:
    "What cancelling at once gives back: nothing, or credit for the days that are left, no more than for the messages " +
    "that are.",
  example: "none",
});

export const RetryDays = z
  .array(z.int().min(1).max(60))
  .max(8)
  .refine((days) => days.every((day, index) => day > (days[index - 1] ?? 0)), { error: "Must rise." })
  .meta({
    description: "Days after the due day on which a declined renewal is tried again; then `unpaidPolicy` decides.",
    example: [2, 5, 9, 14],
  });

/** What a price says when nobody said it: no trial, the usual retries, nothing back for cancelling. */
export const plainTerms = {
  trialDays: 0,
  trialNeedsPaymentMethod: true,
  retryDays: [2, 5, 9, 14],
  graceAccess: "keep" as const,
  cancelCredit: "none" as const,
  rolloverMessages: 0,
  topUpMessages: null,
  topUpDays: null,
  overageRials: null,
  overageMessages: null,
};

export const WhenUsedUp = z.enum(["stop", "grace"]).meta({
  description:
    "What happens when all messages are used: nothing more is set aside (`stop`), or as much as a tenth of what was " +
    "granted beyond it (`grace`). A price may charge for more (`overageRials`). What a reply really used is counted either way.",
  example: "stop",
});
