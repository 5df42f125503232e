// Short messages to people: mails and text messages with codes and links. One HTTP endpoint takes them all; locally it
// is the mailbox that `npm start` opens.
export interface Message {
  /** The same for each time one and the same message is handed over; a provider may use it to send it once. */
  readonly id?: string;
  readonly channel: "email" | "sms";
  /** An e-mail address, or `09` and nine digits. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export interface Messenger {
  /** Hands a message over; throws when the provider does not take it. */
  send(message: Message): Promise<void>;
}

const timeoutMs = 10_000;

/** Posts each message as JSON with a bearer token. */
export function createMessenger(
  provider: { url: string; token: string },
  fetch: (request: Request) => Promise<Response>,
): Messenger {
  return {
    async send(message) {
      const response = await fetch(
        new Request(provider.url, {
          method: "POST",
          headers: { "content-type": "application/json", authorization: `Bearer ${provider.token}` },
          body: JSON.stringify(message),
          signal: AbortSignal.timeout(timeoutMs),
        }),
      );
      await response.body?.cancel();
      if (!response.ok) throw new Error(`The message provider answered ${response.status}`);
    },
  };
}
