// ts-rest as its documents mount it on Workers: its own fetch handler over the whole contract, made once, which checks
// answers too.
import { initContract } from "@ts-rest/core";
import { createFetchHandler } from "@ts-rest/serverless/fetch";
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

const routesOfPair = (pair: number) =>
  c.router({
    get: { method: "GET", path: `/v1/things-${pair}/:id`, pathParams: Named, responses: { 200: Answer } },
    create: { method: "POST", path: `/v1/things-${pair}`, body: NewThing, responses: { 201: Answer } },
  });

export function tsRest(): Mount {
  const router = ofEachPair(() => ({
    get: async ({ params }: { params: { id: string } }) => ({
      status: 200 as const,
      body: answerWith(params.id, newThing),
    }),
    create: async ({ body }: { body: typeof newThing }) => ({ status: 201 as const, body: answerWith(thingId, body) }),
  }));
  const handler = createFetchHandler(c.router(ofEachPair(routesOfPair)), router, { responseValidation: true });
  return { requestFor: plainRequest, fetch: async (request) => asResponse(await handler(request)) };
}

/** Safe: the library's own type for it is `any`. */
function asResponse(answer: unknown): Response {
  return answer as Response;
}
