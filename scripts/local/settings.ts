// Where a local system lives: its ports and its folder, as the environment says.
import { isAbsolute, join } from "node:path";
import { URL, fileURLToPath } from "node:url";

/** Root of the project. */
export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

export const host = "127.0.0.1";

export interface LocalSettings {
  readonly port: number;
  readonly simulatorPort: number;
  /** Null: nobody named one, so another will do when the usual one is taken. */
  readonly mailboxPort: number | null;
  /** A gateway that runs elsewhere; null starts our own simulator. */
  readonly zarinpalUrl: string | null;
  readonly zarinpalTimeoutMs: number;
  /** All that a local system keeps: secrets, database, the simulator's memory. */
  readonly folder: string;
}

/** A setting that cannot be used, said to the person who set it. */
export class SettingError extends Error {}

/** Reads `PORT`, `SIMULATOR_PORT`, `MAILBOX_PORT`, `ZARINPAL_URL`, `ZARINPAL_TIMEOUT_MS` and `SARRESID_DATA`. */
export function localSettings(env: NodeJS.ProcessEnv = process.env): LocalSettings {
  return {
    port: portOf(env, "PORT") ?? 8787,
    simulatorPort: portOf(env, "SIMULATOR_PORT") ?? 8790,
    mailboxPort: portOf(env, "MAILBOX_PORT"),
    zarinpalUrl: urlOf(env, "ZARINPAL_URL"),
    zarinpalTimeoutMs: numberOf(env, "ZARINPAL_TIMEOUT_MS", { least: 1_000, most: 30_000 }) ?? 30_000,
    folder: folderOf(env["SARRESID_DATA"] || ".sarresid"),
  };
}

function folderOf(path: string): string {
  return isAbsolute(path) ? path : join(root, path);
}

function portOf(env: NodeJS.ProcessEnv, name: string): number | null {
  return numberOf(env, name, { least: 1, most: 65_535 });
}

function numberOf(env: NodeJS.ProcessEnv, name: string, { least, most }: Record<"least" | "most", number>) {
  const text = env[name];
  if (!text) return null;
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new SettingError(`${name} must be a whole number from ${least} to ${most}, not ${JSON.stringify(text)}.`);
}

function urlOf(env: NodeJS.ProcessEnv, name: string): string | null {
  const text = env[name];
  if (!text) return null;
  if (/^https?:\/\/[^/?#]+(\/[^?#]*)?$/.test(text)) return text.replace(/\/+$/, "");
  throw new SettingError(`${name} must be an http address such as http://127.0.0.1:8790, not ${JSON.stringify(text)}.`);
}
