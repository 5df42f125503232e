// Calling the API as any TypeScript client would: through the contract itself.
import { randomUUID } from "node:crypto";
import { initClient, tsRestFetchApi } from "@ts-rest/core";
import { contract } from "../../contract/index.ts";
import { Problem } from "../../contract/common/problem.ts";
import { Stop } from "./stop.ts";

export type Client = ReturnType<typeof createClient>;

/** A client of one signed-in person; each POST and PUT has an idempotency key of its own. */
export function createClient(api: string, token: string) {
  return initClient(contract, {
    baseUrl: api,
    baseHeaders: { authorization: `Bearer ${token}` },
    throwOnUnknownStatus: true,
    api: (call) => {
      const key = call.method === "GET" ? {} : { "idempotency-key": randomUUID() };
      return tsRestFetchApi({ ...call, headers: { ...call.headers, ...key } });
    },
  });
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** The body of an answer that must have this status; anything else stops the demo with the problem's own words. */
export function bodyOf<A extends Answer, S extends A["status"]>(doing: string, answer: A, status: S) {
  if (hasStatus(answer, status)) return bodyWith<A, S>(answer);
  const problem = Problem.safeParse(answer.body).data;
  const said = problem ? `${problem.code}: ${problem.detail} (request ${problem.requestId})` : "no problem document";
  throw new Stop(`${doing} answered ${answer.status} instead of ${status}, ${said}`);
}

function hasStatus<A extends Answer, S extends A["status"]>(answer: A, status: S): answer is Extract<A, { status: S }> {
  return answer.status === status;
}

function bodyWith<A extends Answer, S extends A["status"]>(answer: Extract<A, { status: S }>) {
  return answer.body as Extract<A, { status: S }>["body"];
}

interface Paged<T> {
  readonly data: readonly T[];
  readonly page: { readonly nextCursor: string | null };
}

const maxPages = 100;

/** Every item of a list, page by page. */
export async function allOf<T>(fetchPage: (cursor: { cursor?: string }) => Promise<Paged<T>>): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  for (let pages = 0; pages < maxPages; pages++) {
    const { data, page }: Paged<T> = await fetchPage(cursor === null ? {} : { cursor });
    items.push(...data);
    cursor = page.nextCursor;
    if (cursor === null) return items;
  }
  throw new Stop(`A list went on for more than ${maxPages} pages.`);
}

/** Asks again until the answer is not null; stops the demo with the sentence after `withinMs`. */
export async function until<T>(ask: () => Promise<T | null>, withinMs: number, sentence: string): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (performance.now() > deadline) throw new Stop(sentence);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
