// Short messages to people: mails and text messages with codes, links and notices. A port with a provider for each channel;
// locally one HTTP endpoint takes both, the mailbox that `npm start` opens.
import type { ProviderSettings } from "./provider.ts";
import { emailRequest, kavenegarRequest, mailboxRequest } from "./provider.ts";

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
  /** Hands a message over; throws `MessageRefused` when the provider says no, anything else when nobody knows. */
  send(message: Message): Promise<void>;
}

/** The provider has not taken the message, and says so. */
export class MessageRefused extends Error {}

const timeoutMs = 10_000;

/** Mails go to the mail provider and text messages to Kavenegar where these are set, else to the one endpoint. */
export function createMessenger(settings: ProviderSettings, fetch: (request: Request) => Promise<Response>): Messenger {
  return {
    async send(message) {
      const request = new Request(requestFor(settings, message), { signal: AbortSignal.timeout(timeoutMs) });
      const response = await fetch(request);
      await response.body?.cancel();
      if (response.ok) return;
      const said = `The message provider answered ${response.status}`;
      throw response.status < 500 ? new MessageRefused(said) : new Error(said);
    },
  };
}

function requestFor(settings: ProviderSettings, message: Message): Request {
  const { email, kavenegar, mailbox } = settings;
  if (message.channel === "email" && email) return emailRequest(email, message);
  if (message.channel === "sms" && kavenegar) return kavenegarRequest(kavenegar, message);
  return mailboxRequest(mailbox, message);
}
