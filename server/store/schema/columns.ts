// How the columns of all tables say what stands in them.
import { integer } from "drizzle-orm/sqlite-core";
import type { Rials } from "../../../contract/common/money.ts";
import type { BillingMs, WallMs } from "../../billing/clock.ts";

export const wall = (name: string) => integer(name).$type<WallMs>();
export const billing = (name: string) => integer(name).$type<BillingMs>();
export const amount = (name: string) => integer(name).$type<Rials>();
export const flag = (name: string) => integer(name, { mode: "boolean" });

/** An enum of the contract has at least one member; its type does not say so. */
export function oneOf<T extends string>(schema: { readonly options: readonly T[] }): readonly [T, ...T[]] {
  return schema.options as readonly [T, ...T[]];
}
