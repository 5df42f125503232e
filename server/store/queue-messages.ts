// What the queues carry: who is to be looked at, and nothing that may have changed by then.

/** "Look at this customer now": all a queue message ever says. */
export interface DueMessage {
  readonly customerId: string;
}

/** "See what is due at this endpoint", in that database; home where none is named. */
export interface EndpointMessage {
  readonly webhookEndpointId: string;
  readonly database?: number;
}

/** "It is this database's minute": a cron has no statements for more than one. */
export interface MinuteMessage {
  readonly minuteOf: number;
}

/** What a message of the other queue says. */
export type DeliveryMessage = EndpointMessage | MinuteMessage;
