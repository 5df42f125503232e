// How long what is not a record is kept. Every sweep of the cron reads its days here, and `docs/security.md` shows the table.

export const retentionDays = {
  /**
   * From when an event was written; then it stands in a signed file alone. A year's period with its retries, disputes of it and a
   * month to close the books are within. A trigger holds the same number.
   */
  billingEvents: 400,
  /** From the first request of a key: so long its answer is repeated. */
  idempotencyKeys: 30,
  /** Hints of browsers and the gateway, raw, from when they came. */
  webhookEvents: 30,
  /** From when a delivery was put on its way. */
  webhookDeliveries: 90,
  /** From when the last reservation of a period was settled. */
  quotaReservations: 90,
  /** From when a link ended, used or not. */
  loginLinks: 30,
  /** From when a session ended. */
  sessions: 0,
  /** From when a code or a reset link ended. */
  verificationCodes: 0,
  /** Counts of requests by network address and path, from the last one. */
  rateLimits: 1,
} as const;
