// npm run audit:verify: whether a file of the audit trail is, to the bit, what was signed. Needs the file and the public key,
// which should have come another way than the file; no database, no server, no network.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { verifyAuditFile, type Verdict } from "./audit/verify.ts";

const help = `npm run audit:verify -- FILE --key KEY [--previous FILE]
  FILE        a file of GET /v1/audit/exports/{name}/file
  KEY         the public key in hex, as GET /v1/audit/keys tells it under the file's keyId
  --previous  the file before, to verify that nothing was left out between the two`;
const mostShown = 10;

async function main(): Promise<void> {
  const { values, positionals } = argumentsGiven();
  const [file, ...more] = positionals;
  const { key, previous } = values;
  if (values.help || file === undefined || more.length > 0 || key === undefined || !/^[0-9a-f]{64}$/.test(key)) {
    console.log(help);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const before = previous === undefined ? undefined : readFileSync(previous);
  const verdict = await verifyAuditFile(readFileSync(file), { publicKey: key, previous: before });
  if (verdict.findings.length > 0) process.exitCode = 1;
  console.log(reportOf(file, verdict, before !== undefined));
}

function argumentsGiven() {
  const options = { key: { type: "string" }, previous: { type: "string" }, help: { type: "boolean" } } as const;
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch {
    return { values: { help: undefined, key: undefined, previous: undefined }, positionals: [] };
  }
}

function reportOf(file: string, { manifest, root, findings }: Verdict, isLinked: boolean): string {
  if (findings.length > 0) {
    const shown = findings.slice(0, mostShown).map((finding) => `  ${finding}`);
    const more = findings.length > mostShown ? [`  and ${findings.length - mostShown} more`] : [];
    return [`${file} is NOT what was signed:`, ...shown, ...more].join("\n");
  }
  if (!manifest) throw new Error("A file without a manifest has a finding");
  const { day, firstPosition, lastPosition, segments, keyId, previousRoot } = manifest;
  return [
    `${file} is whole.`,
    `  day        ${day}`,
    `  events     ${lastPosition - firstPosition + 1}, positions ${firstPosition} to ${lastPosition}, in ${segments.length} segments`,
    `  key        ${keyId}`,
    `  root       ${root}`,
    `  previous   ${previousRoot}${isLinked ? ", the file that was given" : ""}`,
  ].join("\n");
}

await main();
