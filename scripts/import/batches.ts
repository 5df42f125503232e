// Packs lines into requests: as many records as one takes, in the order of the file.
import { importLimits, type ImportRecord } from "../../contract/import.ts";
import type { Line } from "./lines.ts";

/** A line that is sent. */
export type Sent = Extract<Line, { readonly record: ImportRecord }>;

/** A line that is not: it says no record, or one that no request would take. */
export type Unreadable = Exclude<Line, Sent>;

export interface Batch {
  /** Lines of the catalogue that were sent before: a dry run has forgotten them. */
  readonly assumed: readonly Sent[];
  readonly lines: readonly Sent[];
}

/** A request takes 64 KiB; a text's length is at most its bytes, of Persian it is half of them. */
const mostBytes = 56_000;

interface Packing {
  assumed: readonly Sent[];
  lines: Sent[];
  bytes: number;
}

/** Batches of the lines that can be sent; the others are handed to `refused` as they are met. */
export async function* packed(
  lines: AsyncIterable<Line>,
  { isDryRun, refused }: { readonly isDryRun: boolean; readonly refused: (line: Unreadable) => void },
): AsyncGenerator<Batch> {
  const catalogue = new Map<string, Sent>();
  let packing: Packing = { assumed: [], lines: [], bytes: 0 };
  for await (const line of lines) {
    if ("errors" in line) {
      refused(line);
      continue;
    }
    const needed = isDryRun ? neededBy(line, catalogue) : [];
    const grown = grownBy(packing, line, needed);
    if (grown) packing = grown;
    else {
      yield packing;
      packing = grownBy({ assumed: [], lines: [], bytes: 0 }, line, needed) ?? fault(line);
    }
    if (line.record.kind !== "customer") catalogue.set(`${line.record.kind} ${line.record.id}`, line);
  }
  if (packing.lines.length > 0) yield packing;
}

function fault({ line }: Sent): never {
  throw new Error(`Line ${line} alone is too long for a request`);
}

/** The batch with one line more; null when it is full. */
function grownBy({ assumed, lines, bytes }: Packing, line: Sent, needed: readonly Sent[]): Packing | null {
  const known = new Set([...assumed, ...lines]);
  const more = needed.filter((one) => !known.has(one));
  const grown = {
    assumed: [...assumed, ...more],
    lines: [...lines, line],
    bytes: bytes + [...more, line].reduce((sum, { text }) => sum + bytesOf(text), 0),
  };
  return fits(grown) || lines.length === 0 ? grown : null;
}

function fits({ assumed, lines, bytes }: Packing): boolean {
  const customers = lines.flatMap(({ record }) => (record.kind === "customer" ? [record] : []));
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  return (
    bytes <= mostBytes &&
    assumed.length + lines.length <= importLimits.records &&
    customers.length <= importLimits.customers &&
    sum(customers.map(({ paymentMethods }) => paymentMethods.length)) <= importLimits.paymentMethods &&
    sum(customers.map(({ subscriptions }) => subscriptions.length)) <= importLimits.subscriptions
  );
}

/** The lines of the catalogue that a line names, products before their prices. */
function neededBy({ record }: Sent, catalogue: ReadonlyMap<string, Sent>): readonly Sent[] {
  const named = (kind: string, id: string) => catalogue.get(`${kind} ${id}`) ?? [];
  if (record.kind === "product") return [];
  if (record.kind === "price") return [named("product", record.productId)].flat();
  const prices = [...new Set(record.subscriptions.map(({ priceId }) => priceId))].flatMap((id) => named("price", id));
  return [...new Set([...prices.flatMap((price) => neededBy(price, catalogue)), ...prices])];
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length + 1;
}
