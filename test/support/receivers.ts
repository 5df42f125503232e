// Partners' servers, as a test has them: what each answers, what it was sent, and where its name leads.
import { createWebhookSender, type WebhookSender } from "../../server/http/webhook-sender.ts";
import { limitedFetch } from "./limits.ts";

/** What a receiver was sent, in order. */
export interface Received {
  readonly id: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Wall time at which it came. */
  readonly at: number;
}

export type Answer = (received: Received) => Promise<Response> | Response;

export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** From here on it answers so. */
  answers(answer: Answer): void;
}

const publicAddress = "93.184.215.14";
/** Real time; what hangs has no other end. */
const timeoutMs = 400;

export type Receivers = ReturnType<typeof receivers>;

/** No receiver at first: a name nobody named has no address. */
export function receivers(now: () => number) {
  const answers = new Map<string, (request: Request) => Promise<Response>>();
  const names = new Map<string, readonly string[]>();
  const lookups: string[] = [];

  const fetch = async (request: Request): Promise<Response> => {
    const answer = answers.get(new URL(request.url).host);
    if (!answer) throw new TypeError("Network connection lost.");
    // A connection that is given up is one no longer.
    const { signal } = request;
    const given = new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => reject(new TypeError("Given up")), { once: true });
    });
    return Promise.race([answer(request), given]);
  };

  return {
    /** Each name that was looked up. */
    lookups,
    /** Where a name leads. */
    name: (host: string, addresses: readonly string[]) => void names.set(host, addresses),
    /** A server of this name on the public internet; it takes everything until it is told otherwise. */
    receiver(host: string, path = "/hooks"): Receiver {
      const received: Received[] = [];
      let answer: Answer = () => new Response(null, { status: 204 });
      names.set(host, [publicAddress]);
      answers.set(host, async (request) => {
        const headers = Object.fromEntries(request.headers);
        const one = { id: headers["webhook-id"] ?? "", headers, body: await request.text(), at: now() };
        received.push(one);
        return answer(one);
      });
      return { url: `https://${host}${path}`, received, answers: (next) => void (answer = next) };
    },
    /** What the server sends with; one invocation has its six connections. */
    sender: (): WebhookSender =>
      createWebhookSender({
        fetch: limitedFetch(fetch),
        resolve: async (name) => {
          lookups.push(name);
          return names.get(name) ?? [];
        },
        timeoutMs,
        allowsLoopback: false,
      }),
  };
}
