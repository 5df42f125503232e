// Our own: the shell with all its middleware, request ids and policies included.
import { initContract } from "@ts-rest/core";
import { endpoint } from "../../../contract/common/policy.ts";
import type { Deps } from "../../../server/deps.ts";
import { createShell } from "../../../server/http/shell.ts";
import {
  Answer,
  answerWith,
  Named,
  newThing,
  NewThing,
  ofEachPair,
  plainRequest,
  thingId,
  type Mount,
} from "./thing.ts";

const c = initContract();
const open = { who: "public", rate: "public", idempotency: "none", events: [] } as const;

const routesOfPair = (pair: number) =>
  c.router({
    get: endpoint(open, {
      method: "GET",
      path: `/v1/things-${pair}/:id`,
      pathParams: Named,
      responses: { 200: Answer },
    }),
    create: endpoint(open, { method: "POST", path: `/v1/things-${pair}`, body: NewThing, responses: { 201: Answer } }),
  });

/** @param deps Of which only the clock, chance and the settings are used. */
export function ours(deps: Deps): Mount {
  const app = createShell(deps, {
    contract: c.router(ofEachPair(routesOfPair)),
    handlers: ofEachPair(() => ({
      get: async ({ params }: { params: { id: string } }) => ({
        status: 200 as const,
        body: answerWith(params.id, newThing),
      }),
      create: async ({ body }: { body: typeof newThing }) => ({
        status: 201 as const,
        body: answerWith(thingId, body),
      }),
    })),
    judge: async () => ({ caller: { kind: "public" }, cookies: [] }),
  });
  return { requestFor: plainRequest, fetch: async (request) => app.fetch(request) };
}
