// Lists over everybody where there are several databases: one after the other, each in its own order. The cursor says which
// is being read; a page ends where its database does.
import type { Deps } from "../deps.ts";
import { inDatabase } from "../store/databases.ts";

interface Answered {
  readonly status: number;
  readonly body: unknown;
}

interface Page {
  readonly status: 200;
  readonly body: { readonly data: readonly unknown[]; readonly page: { readonly nextCursor: string | null } };
}

/** A page of the list that `ask` reads of one database, at the place that the cursor names. */
export async function pageOfEach<Q extends { readonly cursor?: string | undefined }, A extends Answered>(
  { deps }: { readonly deps: Deps },
  query: Q,
  ask: (deps: Deps, query: Q) => Promise<A>,
): Promise<A> {
  const { databases } = deps;
  if (!databases) return ask(deps, query);
  const last = databases.all.length - 1;
  const [, place = "0", own = query.cursor] = /^(\d{1,4})~(.*)$/s.exec(query.cursor ?? "") ?? [];
  let cursor = own === "" ? undefined : own;
  for (let at = Math.min(Number(place), last); ; at++, cursor = undefined) {
    const answer = await ask(inDatabase(deps, at), { ...query, cursor });
    if (!isPage(answer)) return answer;
    const { data, page } = answer.body;
    if (page.nextCursor !== null) return goingOn(answer, `${at}~${page.nextCursor}`);
    if (at === last) return answer;
    if (data.length > 0) return goingOn(answer, `${at + 1}~`);
  }
}

function isPage<A extends Answered>(answer: A): answer is A & Page {
  return answer.status === 200;
}

function goingOn<A extends Page>(answer: A, nextCursor: string): A {
  return { ...answer, body: { ...answer.body, page: { nextCursor } } };
}
