// A fault stripped of whom it happened to: messages of failed queries hold their parameters, and those are persons.
const maxDepth = 8;

/** The innermost cause: what the database or the network itself said, without the query that it said it about. */
export function innermostCause(error: unknown): unknown {
  let found = error;
  for (let depth = 0; depth < maxDepth && found instanceof Error && found.cause instanceof Error; depth++) {
    found = found.cause;
  }
  return found;
}
