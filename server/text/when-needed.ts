// What is dear to make is made when it is first needed: most isolates never show a page.

export function whenNeeded<T>(make: () => T): () => T {
  let made: { readonly it: T } | undefined;
  return () => (made ??= { it: make() }).it;
}
