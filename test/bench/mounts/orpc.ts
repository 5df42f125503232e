// oRPC by its RPC handler, with what it takes and answers both checked.
import { os } from "@orpc/server";
import { RPCHandler } from "@orpc/server/fetch";
import {
  Answer,
  answerWith,
  jsonRequest,
  measured,
  Named,
  newThing,
  NewThing,
  ofEachPair,
  origin,
  thingId,
  type Kind,
  type Mount,
} from "./thing.ts";

const prefix = "/rpc";

export function orpc(): Mount {
  const router = ofEachPair(() => ({
    get: os
      .route({ method: "GET" })
      .input(Named)
      .output(Answer)
      .handler(({ input }) => answerWith(input.id, newThing)),
    create: os
      .input(NewThing)
      .output(Answer)
      .handler(({ input }) => answerWith(thingId, input)),
  }));
  const handler = new RPCHandler(router);
  return {
    requestFor,
    fetch: async (request) => {
      const { response } = await handler.handle(request, { prefix });
      return response ?? new Response(null, { status: 404 });
    },
  };
}

function requestFor(kind: Kind): Request {
  const path = `${prefix}/things${measured}`;
  if (kind === "post") return jsonRequest(`${path}/create`, { json: newThing });
  const data = encodeURIComponent(JSON.stringify({ json: { id: thingId } }));
  return new Request(`${origin}${path}/get?data=${data}`);
}
