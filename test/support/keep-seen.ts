// Where what the tests saw the application answer is kept: in the file that `npm test` hands down, and reads at the end.
import { appendFileSync } from "node:fs";

/** What one test file saw, a line each; nothing is kept when nobody asked for it. */
export function keepSeen(lines: string): void {
  const file = process.env["SARRESID_SEEN"];
  if (file !== undefined) appendFileSync(file, `${lines}\n`);
}
