// The command line of the simulation.
import { parseArgs } from "node:util";
import * as z from "zod";

export class OptionError extends Error {
  override readonly name = "OptionError";
}

const count = z.coerce.number().int().min(0);

const Options = z.object({
  histories: count.default(200),
  seed: z.string().regex(/^[\w-]{1,40}$/),
  workers: count.min(1).max(64).default(2),
  history: count.nullable().default(null),
  keep: z
    .string()
    .regex(/^\d+(,\d+)*$/)
    .transform((text) => text.split(",").map(Number))
    .nullable()
    .default(null),
  json: z.boolean().default(false),
  trace: z.boolean().default(false),
});

/** What was asked for. A seed is drawn when none is given; a trace without a history is of the first one. */
export function optionsOf(args: readonly string[]): z.infer<typeof Options> {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const known = { histories: text, seed: text, workers: text, history: text, keep: text, json: flag, trace: flag };
  const { values } = read(() => parseArgs({ args: [...args], options: known }));
  const options = read(() => Options.parse({ ...values, seed: values.seed ?? String(Date.now() % 1_000_000) }));
  return options.trace && options.history === null ? { ...options, history: 0 } : options;
}

function read<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof z.ZodError) throw new OptionError(z.prettifyError(error));
    throw new OptionError(error instanceof Error ? error.message : String(error));
  }
}
