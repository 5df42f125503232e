// Products and prices as the contract shows them.
import type { Price, Product } from "../../contract/product.ts";
import { instant } from "../billing/clock.ts";
import type { findProduct } from "../store/read.ts";

type StoredProduct = NonNullable<Awaited<ReturnType<typeof findProduct>>>;

export function presentProduct({ createdAt, prices, ...product }: StoredProduct): Product {
  return { ...product, prices: prices.map(presentPrice), createdAt: instant(createdAt) };
}

export function presentPrice({ createdAt, ...price }: StoredProduct["prices"][number]): Price {
  return { ...price, currency: "IRR", createdAt: instant(createdAt) };
}
