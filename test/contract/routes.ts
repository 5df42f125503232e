// The contract's routes as a list, for tests that look at each.
import { isAppRoute, type AppRoute, type AppRouter } from "@ts-rest/core";

export interface NamedRoute {
  /** Router path, as in `subscriptions.create`. */
  readonly name: string;
  readonly route: AppRoute;
}

export function routesOf(router: AppRouter, above = ""): NamedRoute[] {
  return Object.entries(router).flatMap(([key, entry]) => {
    const name = `${above}${key}`;
    return isAppRoute(entry) ? [{ name, route: entry }] : routesOf(entry, `${name}.`);
  });
}
