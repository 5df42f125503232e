// What a change between two documents is to whoever wrote a client for the first.

/**
 * `breaking`: a client that did as the first document says can fail. `additive`: it cannot, and there is more; also where
 * an answer may hold a word that was not listed, or a form that was not: the API's description says that these may come.
 */
export type Weight = "breaking" | "additive";

export interface Change {
  readonly weight: Weight;
  /** Example: `POST /v1/customers request body/externalId`. */
  readonly where: string;
  /** Example: `is required now`. */
  readonly what: string;
}

export function breaking(where: string, what: string): Change {
  return { weight: "breaking", where, what };
}

export function additive(where: string, what: string): Change {
  return { weight: "additive", where, what };
}
