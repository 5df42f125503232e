// A thread that sends the statements and hands back which of the code has run for it: V8 counts what is loaded after it
// was told to.
import { Session } from "node:inspector/promises";
import { pathToFileURL } from "node:url";
import { parentPort, workerData } from "node:worker_threads";

const { bundle, migrations } = workerData as { readonly bundle: string; readonly migrations: readonly string[] };
const url = pathToFileURL(bundle).href;
const session = new Session();
session.connect();
await session.post("Profiler.enable");
await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
const { statementsSent } = (await import(url)) as typeof import("./statements.ts");
const statements = await statementsSent(migrations);
const { result } = await session.post("Profiler.takePreciseCoverage");
const functions = result.find((script) => script.url === url)?.functions ?? [];
parentPort?.postMessage({ statements, ranges: functions.flatMap(({ ranges }) => ranges) }, []);
