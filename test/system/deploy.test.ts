// A deployment, step by step, with a wrangler that only writes down what it is asked: each step may fail, and then nothing
// after it is done.
import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { requiredSettings } from "../../server/deps.ts";
import { migrationsIn, whenToApply } from "../../scripts/deploy/migrations.ts";
import { root } from "../../scripts/verify/check.ts";

let folder: string;
let server: Server;
let status: number;
let asked: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "sarresid-deploy-"));
  [status, asked] = [200, []];
  server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

interface Fake {
  readonly secrets?: readonly string[];
  readonly applied?: readonly string[];
  /** The words of the call that fails. */
  readonly fails?: string;
  readonly ids?: string;
}

const settings = requiredSettings.filter((name) => name !== "ENVIRONMENT" && name !== "PUBLIC_URL");
const all = readdirSync(join(root, "migrations")).filter((name) => name.endsWith(".sql"));
const named = (names: readonly string[]) => JSON.stringify(names.map((name) => ({ name })));

/** Deploys with a wrangler of ours first on the path, and gives what it was asked for. */
async function deploy(
  { secrets = settings, applied = all, fails = "no such words", ids = "1" }: Fake,
  ...args: readonly string[]
) {
  const log = join(folder, "log");
  const config = join(folder, "wrangler.toml");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const own = readFileSync(join(root, "wrangler.toml"), "utf8").replaceAll(/0{8}[0-]*0{8}/g, ids.repeat(32));
  writeFileSync(config, `${own}\n[vars]\nENVIRONMENT = "production"\nPUBLIC_URL = "http://127.0.0.1:${port}"\n`);
  writeFileSync(
    join(folder, "wrangler"),
    `#!/bin/sh
words="\${*%% --config *}"
echo "$words" >> ${log}
case "$words" in
  *"${fails}"*) exit 3 ;;
  "secret list"*) echo '${named(secrets)}' ;;
  "d1 execute"*) echo '[{"results":${named(applied)},"success":true}]' ;;
esac
`,
  );
  chmodSync(join(folder, "wrangler"), 0o755);
  const env = { ...process.env, PATH: `${folder}:${process.env["PATH"] ?? ""}` };
  const child = spawn(process.execPath, ["scripts/deploy.ts", "--config", config, ...args], { cwd: root, env });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  const calls = readFileSync(log, "utf8").trim().split("\n");
  return { code, output, changes: calls.filter((call) => !/^secret list|^d1 execute/.test(call)) };
}

const migrate = "d1 migrations apply DB --remote";

test("migrates what adds, deploys, and asks for health", async () => {
  const { code, changes } = await deploy({ applied: all.slice(0, -1) });
  expect(changes).toEqual([migrate, "deploy"]);
  expect([code, asked]).toEqual([0, ["/v1/health"]]);
});

test("names each secret and id that is missing, and changes nothing", async () => {
  const { code, output, changes } = await deploy({ secrets: settings.slice(2), ids: "0" });
  expect([code, changes, asked]).toEqual([1, [], []]);
  for (const name of [...settings.slice(0, 2), "DB", "SHOWCASE"]) expect(output).toContain(`  ${name} `);
  expect(output).not.toContain(`  ${settings[2]} `);
});

test.each([
  ["secret list", []],
  ["d1 execute", []],
  ["migrations apply", [migrate]],
  ["deploy", [migrate, "deploy"]],
])("that fails at %s does nothing after it", async (fails, done) => {
  const { code, changes } = await deploy({ fails, applied: [] });
  expect([code, changes, asked]).toEqual([1, done, []]);
});

test("that is not well rolls back", async () => {
  status = 500;
  const { code, changes } = await deploy({}, "--patience", "1");
  expect([code, changes]).toEqual([1, ["deploy", "rollback --yes --message no health after a deployment"]]);
});

test("a dry run says what it would do, and a rollback asks for nothing else", async () => {
  const dry = await deploy({ applied: [] }, "--dry-run");
  expect(dry.output).toContain("Would: migrate, deploy, health.");
  expect([dry.code, dry.changes, asked]).toEqual([0, ["deploy --dry-run"], []]);
  rmSync(join(folder, "log"));
  const back = await deploy({}, "--rollback");
  expect([back.code, back.changes]).toEqual([0, ["rollback --yes --message npm run deploy -- --rollback"]]);
});

test("what takes away is applied after the new version, and never together with what adds", () => {
  writeFileSync(join(folder, "0001_add.sql"), "-- A table.\nCREATE TABLE a (b);");
  writeFileSync(join(folder, "0002_drop.sql"), "-- contract: nobody reads b any more.\nALTER TABLE a DROP COLUMN b;");
  const found = migrationsIn(folder);
  expect(whenToApply(found, ["0001_add.sql"])).toBe("after");
  expect(
    whenToApply(
      found,
      found.map(({ name }) => name),
    ),
  ).toBeNull();
  expect(whenToApply(found.slice(0, 1), [])).toBe("before");
  expect(() => whenToApply(found, [])).toThrow("0002_drop.sql must wait for the next deployment");
});
