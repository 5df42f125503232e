// Names to addresses, asked over HTTPS (RFC 8484's JSON form, as Cloudflare and others answer it): a Worker has no other
// way to learn where a name leads.
import * as z from "zod";

/** All addresses of a name, IPv4 and IPv6; none when it has none. Throws when nobody answers. */
export type Resolve = (name: string, signal: AbortSignal) => Promise<readonly string[]>;

const types = ["A", "AAAA"] as const;
/** The numbers of these types in an answer; others (a CNAME on the way) are no addresses. */
const typeNumbers: readonly number[] = [1, 28];

const Answer = z.object({
  Status: z.int(),
  Answer: z.array(z.object({ type: z.int(), data: z.string() })).optional(),
});

/** NXDOMAIN: there is no such name. */
const noSuchName = 3;

/** Asks a resolver such as `https://cloudflare-dns.com/dns-query`. */
export function createResolver(resolverUrl: string, fetch: (request: Request) => Promise<Response>): Resolve {
  return async (name, signal) => {
    const answers = await Promise.all(types.map((type) => ask(resolverUrl, { name, type, signal }, fetch)));
    return answers.flat();
  };
}

interface Question {
  readonly name: string;
  readonly type: (typeof types)[number];
  readonly signal: AbortSignal;
}

async function ask(
  resolverUrl: string,
  { name, type, signal }: Question,
  send: (request: Request) => Promise<Response>,
): Promise<readonly string[]> {
  const url = new URL(resolverUrl);
  url.search = new URLSearchParams({ name, type }).toString();
  const response = await send(new Request(url, { headers: { accept: "application/dns-json" }, signal }));
  if (!response.ok) throw new Error(`The resolver answered ${response.status}`);
  const { Status: status, Answer: records = [] } = Answer.parse(await response.json());
  if (status !== 0 && status !== noSuchName) throw new Error(`The resolver answered with code ${status}`);
  return records.filter((record) => typeNumbers.includes(record.type)).map(({ data }) => data);
}
