// tRPC by its fetch adapter, with what it takes and answers both checked.
import { initTRPC } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
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

const endpoint = "/trpc";

export function trpc(): Mount {
  const t = initTRPC.create();
  const ofPair = () =>
    t.router({
      get: t.procedure
        .input(Named)
        .output(Answer)
        .query(({ input }) => answerWith(input.id, newThing)),
      create: t.procedure
        .input(NewThing)
        .output(Answer)
        .mutation(({ input }) => answerWith(thingId, input)),
    });
  const router = t.router(ofEachPair(ofPair));
  return { requestFor, fetch: (req) => fetchRequestHandler({ endpoint, req, router }) };
}

function requestFor(kind: Kind): Request {
  const path = `${endpoint}/things${measured}`;
  if (kind === "post") return jsonRequest(`${path}.create`, newThing);
  return new Request(`${origin}${path}.get?input=${encodeURIComponent(JSON.stringify({ id: thingId }))}`);
}
