// The GraphQL endpoint: which of the known calls a request is. All else about a call is as with the others.

import { answerCall, deskOf, type House, respond } from "./calls.ts";
import type { Body } from "./fields.ts";
import { DocumentError } from "./graphql-document.ts";
import { graphqlRefusal } from "./graphql-envelope.ts";
import { requestIn } from "./graphql-schema.ts";

export async function answerGraphql(house: House, authorization: string | null, body: Body): Promise<Response> {
  try {
    const { field } = requestIn(body);
    return await answerCall(house, `graphql/${field}`, { ...body, authorization });
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    return respond(graphqlRefusal(deskOf(house), { message: error.message, category: "graphql" }));
  }
}
