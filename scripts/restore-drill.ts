// npm run restore:drill: weeks of billing over local D1 and R2, a backup, the loss of the database, and the way back. Prints
// what happened; ends with 1 when the gateway's book and ours differ at the end.
import type { Account, Line } from "../test/drill/account.ts";
import { localStores } from "./restore-drill/stores.ts";
import { bundled } from "./simulate/bundle.ts";

async function main(): Promise<void> {
  const bundle = await bundled("test/drill/drill.ts");
  const stores = await localStores();
  try {
    const { drill } = (await import(bundle.file)) as typeof import("../test/drill/drill.ts");
    conclude(await drill(stores, (line) => console.log(line)));
  } finally {
    await stores.close();
    bundle.remove();
  }
}

function conclude({ lines, exceptions, differences }: Account): void {
  console.log(`\n${["who", "at the gateway", "in our books"].map(cell).join("").trimEnd()}`);
  for (const line of lines) console.log(rowOf(line));
  console.log(`\nThe operators' queue: ${exceptions.length === 0 ? "empty" : exceptions.join("; ")}`);
  for (const difference of differences) console.log(`DIFFERS  ${difference}`);
  console.log(differences.length === 0 ? "\nNobody was charged twice, and nothing is lost." : "\nThe drill failed.");
  if (differences.length > 0) process.exitCode = 1;
}

function rowOf({ who, gateway, ours, verdict }: Line): string {
  return [who, gateway, ours, verdict].map(cell).join("").trimEnd();
}

function cell(text: string, column: number): string {
  return text.padEnd([10, 30, 16, 0][column] ?? 0);
}

await main();
