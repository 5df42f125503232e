// The mount alone: a loop in the isolate over requests and answers, with no database behind.
import { aWorld } from "../support/world.ts";
import { ours } from "./mounts/ours.ts";
import { orpc } from "./mounts/orpc.ts";
import { raw, rawWithZod } from "./mounts/raw.ts";
import { thingId, type Kind, type Mount } from "./mounts/thing.ts";
import { trpc } from "./mounts/trpc.ts";
import { tsRest } from "./mounts/ts-rest.ts";
import { timed } from "./timed.ts";

const makers: Readonly<Record<string, () => Mount>> = {
  raw: () => raw,
  "raw+zod": () => rawWithZod,
  ours: () => ours({ ...aWorld().invocation(), log: () => undefined }),
  "ts-rest": tsRest,
  orpc,
  trpc,
};

const made = new Map<string, Mount>();

/** `name` says which, `kind` get or post, `times` how often. */
export async function mounts(search: URLSearchParams): Promise<object> {
  const name = search.get("name") ?? "";
  const kind: Kind = search.get("kind") === "post" ? "post" : "get";
  const mount = made.get(name) ?? makers[name]?.();
  if (!mount) throw new Error(`There is no mount ${name}`);
  made.set(name, mount);
  await check(name, mount, kind);
  const times = Number(search.get("times"));
  return { ms: await timed(() => loop(mount, kind, times)) };
}

async function loop({ fetch, requestFor }: Mount, kind: Kind, times: number): Promise<void> {
  for (let time = 0; time < times; time++) await fetch(requestFor(kind));
}

async function check(name: string, { fetch, requestFor }: Mount, kind: Kind): Promise<void> {
  const response = await fetch(requestFor(kind));
  const text = await response.text();
  if (!response.ok || !text.includes(thingId)) throw new Error(`${name} answered ${response.status}: ${text}`);
}
