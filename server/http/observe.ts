// What became of a piece of work: one line for the log, one point for the metrics. Neither holds a person, nor an address
// as it was sent: of a request the pattern that it matched.
import type { Deps, LogEntry } from "../deps.ts";

/** Where points of metrics go; Analytics Engine's own interface. */
export interface Metrics {
  readonly writeDataPoint: (point: {
    readonly indexes: string[];
    readonly blobs: (string | null)[];
    readonly doubles: number[];
  }) => void;
}

/** A request that was answered, as the log has it. */
export interface Answered extends LogEntry {
  readonly level: "info";
  readonly event: "request";
  readonly method: string;
  /** Example: `/v1/products/:productId`. */
  readonly route: string;
  readonly status: number;
  /** Of a problem. */
  readonly code: string | null;
  readonly caller: "public" | "customer" | "partner" | "operator" | null;
  /** Of a caller who is one. */
  readonly customerId: string | null;
  readonly partnerId: string | null;
  readonly ms: number;
  readonly requestId: string;
}

type Name = { readonly [field: string]: string };

type Ports = Pick<Deps, "log" | "metrics">;

/** The same dependencies, whose log lines name the work that they are of. */
export function namedIn<D extends Pick<Deps, "log">>(deps: D, name: Name): D {
  return { ...deps, log: named(deps.log, name) };
}

/** A log whose lines name the work that they are of. */
export function named(log: Deps["log"], name: Name): Deps["log"] {
  return (entry) => log({ ...entry, ...name });
}

/** Tells of an answered request: `request` by method and pattern, with status, code and milliseconds. */
export function tellAnswered({ log, metrics }: Ports, answered: Answered): void {
  const { method, route, status, code, caller, ms } = answered;
  log(answered);
  metrics?.writeDataPoint({
    indexes: [route],
    blobs: ["request", `${method} ${route}`, String(status), code, caller],
    doubles: [ms],
  });
}

/** Runs the work of a cron or of a queue's batch, and tells how it ended; what it throws goes on. */
export async function told<D extends Ports & Pick<Deps, "wall">>(
  deps: D,
  { work, messages }: { readonly work: string; readonly messages: number },
  run: (deps: D) => Promise<unknown>,
): Promise<void> {
  const begunAt = deps.wall();
  let outcome = "failed";
  try {
    await run(namedIn(deps, { work }));
    outcome = "done";
  } finally {
    const ms = deps.wall() - begunAt;
    deps.log({ level: "info", event: "work", work, outcome, messages, ms });
    deps.metrics?.writeDataPoint({
      indexes: [work],
      blobs: ["work", work, outcome, null, null],
      doubles: [ms, messages],
    });
  }
}
