import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../scripts/local/settings.ts";

interface Ended {
  readonly failed: boolean;
  readonly output: string;
}

function redocly(...args: string[]): Promise<Ended> {
  const cli = join(root, "node_modules/@redocly/cli/bin/cli.js");
  // Asks nobody for a newer version, tells nobody about this run.
  const env = { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...args], { cwd: root, env }, (error, out, complaints) =>
      resolve({ failed: error !== null, output: out + complaints }),
    );
  });
}

test("Redocly's recommended rules find neither an error nor a warning in the OpenAPI document", async () => {
  const { failed, output } = await redocly("lint", "public/openapi.json");
  expect(failed, output).toBe(false);
  expect(output).toContain("Your API description is valid");
  expect(output).not.toMatch(/Warning was generated|You have \d+ warning/);
});

test("and none of the rules is switched off", () => {
  const settings = readFileSync(join(root, "redocly.yaml"), "utf8");
  expect(settings).toMatch(/^extends:\n {2}- recommended$/m);
  expect(settings).not.toMatch(/^rules:/m);
});
