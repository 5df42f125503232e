// A fetch handler with nothing around it, and the same with zod on both sides.
import { answerWith, Answer, measured, Named, newThing, NewThing, plainRequest, thingId, type Mount } from "./thing.ts";

const path = `/v1/things-${measured}`;

export const raw: Mount = {
  requestFor: plainRequest,
  fetch: async (request) => {
    const { pathname } = new URL(request.url);
    if (request.method === "GET" && pathname.startsWith(`${path}/`)) {
      return Response.json(answerWith(pathname.slice(path.length + 1), newThing));
    }
    if (request.method === "POST" && pathname === path) {
      return Response.json(answerWith(thingId, await request.json()), { status: 201 });
    }
    return new Response(null, { status: 404 });
  },
};

export const rawWithZod: Mount = {
  requestFor: plainRequest,
  fetch: async (request) => {
    const { pathname } = new URL(request.url);
    if (request.method === "GET" && pathname.startsWith(`${path}/`)) {
      const { id } = Named.parse({ id: pathname.slice(path.length + 1) });
      return Response.json(Answer.parse(answerWith(id, newThing)));
    }
    if (request.method === "POST" && pathname === path) {
      const thing = NewThing.parse(await request.json());
      return Response.json(Answer.parse(answerWith(thingId, thing)), { status: 201 });
    }
    return new Response(null, { status: 404 });
  },
};
