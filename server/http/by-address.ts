// In which order endpoints are put on a router that takes the first that fits.
import type { AppRoute } from "@ts-rest/core";

/** Endpoints grouped by address, fixed segments before parameters, so that `/products/preview` wins over `/products/:id`. */
export function byAddress<E extends { readonly route: AppRoute }>(endpoints: readonly E[]): E[][] {
  const groups = Map.groupBy(endpoints, ({ route }) => route.path.replace(/:\w+/g, ":"));
  const addresses = [...groups].map(([address, group]) => ({ order: specificity(address), group }));
  return addresses.toSorted((a, b) => (a.order < b.order ? -1 : 1)).map(({ group }) => group);
}

/** `0` for a fixed segment and `1` for a parameter: sorts the fixed ones first, from the left. */
function specificity(address: string): string {
  return address.replace(/[^/]+/g, (segment) => (segment === ":" ? "1" : "0"));
}
