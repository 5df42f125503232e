// An answer as far as the contract names it: which endpoint, which status, which code. What an endpoint declares and what
// it was seen to answer are written alike, so that two sets of lines can be compared.
import { isAppRoute, type AppRoute, type AppRouter } from "@ts-rest/core";
import * as z from "zod";

/** Example: `POST /v1/subscriptions 409 subscription_exists`; a success has no code: `GET /v1/me 200`. */
export type AnswerLine = string;

/** How an answer of a request is called; null for an address that is no endpoint's. */
export type NameAnswer = (request: Request, response: Response) => Promise<AnswerLine | null>;

const Failure = z.object({ code: z.string() });

/** Names answers of this contract. An answer's body is read from a copy. */
export function answerNamer(contract: AppRouter): NameAnswer {
  const endpoints = endpointsOf(contract);
  return async (request, response) => {
    const segments = new URL(request.url).pathname.split("/");
    const route = endpoints.find((each) => each.method === request.method && matches(each.path.split("/"), segments));
    if (!route) return null;
    return lineOf(route, response.status, await codeIn(response));
  };
}

export function lineOf({ method, path }: Pick<AppRoute, "method" | "path">, status: number, code: string | null) {
  return [method, path, status, ...(code === null ? [] : [code])].join(" ");
}

/** A contract's routes, fixed addresses before those with parameters: `/products/preview` before `/products/:id`. */
function endpointsOf(contract: AppRouter): AppRoute[] {
  const routes = Object.values(contract).flatMap((entry) => (isAppRoute(entry) ? [entry] : endpointsOf(entry)));
  return routes.sort((a, b) => parameters(a.path) - parameters(b.path));
}

function parameters(path: string): number {
  return path.split("/:").length;
}

function matches(pattern: readonly string[], segments: readonly string[]): boolean {
  if (pattern.length !== segments.length) return false;
  return pattern.every((part, index) => (part.startsWith(":") ? segments[index] !== "" : part === segments[index]));
}

async function codeIn(response: Response): Promise<string | null> {
  if (response.headers.get("content-type") !== "application/problem+json" || response.bodyUsed) return null;
  return Failure.parse(await response.clone().json()).code;
}
