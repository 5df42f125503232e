// Old versions of events. What is in the log never changes, so that an event that was written in an older form of its
// type is brought into the newest one as it is read: through every form that came between, one at a time.
import type * as z from "zod";

/** The data of one version as the next version has it. */
export type Upcast = (data: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

/** By type: what makes version 2 of version 1, version 3 of version 2 and so on. */
export type Upcasts = Readonly<Record<string, readonly Upcast[]>>;

/** A type that is not named has had one form so far. */
export const upcasts: Upcasts = {};

export interface StoredForm {
  readonly type: string;
  readonly version: number;
  readonly data: unknown;
}

/**
 * Reads events of these types (each with the schema of its newest form). Throws on a type that nobody declared, on a
 * version that is not there yet, and on data that is not of its form.
 */
export function createEventReader(
  schemaOf: (type: string) => z.ZodType | undefined,
  older: Upcasts,
): (form: StoredForm) => unknown {
  return ({ type, version, data }) => {
    const schema = schemaOf(type);
    if (!schema) throw new Error(`No billing event is named ${type}`);
    const steps = older[type] ?? [];
    const newest = steps.length + 1;
    if (!Number.isInteger(version) || version < 1 || version > newest) {
      throw new Error(`${type} has no version ${version}`);
    }
    const upcast = steps.slice(version - 1).reduce((form, step) => step(recordOf(form)), data);
    return schema.parse({ type, version: newest, data: upcast });
  };
}

/** Safe: the log holds nothing but objects as data (a CHECK of the table), and a step is given what one made of it. */
function recordOf(data: unknown): Readonly<Record<string, unknown>> {
  return data as Readonly<Record<string, unknown>>;
}
