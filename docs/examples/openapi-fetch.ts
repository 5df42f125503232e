// A partner's server with nothing but the OpenAPI document: a customer by the partner's own id, and what they may do now.
// The types are made by `npx openapi-typescript https://…/openapi.json -o sarresid.d.ts`.
import createClient from "openapi-fetch";
import type { paths } from "./sarresid.d.ts";

const api = createClient<paths>({
  baseUrl: process.env["SARRESID_URL"] ?? "http://127.0.0.1:8787",
  headers: { authorization: `Bearer ${process.env["SARRESID_KEY"] ?? ""}` },
});

const externalId = `example-${Date.now()}`;
const made = await api.POST("/v1/customers", { body: { externalId } });
if (made.error) throw new Error(`${made.error.code}: ${made.error.detail}`);

const state = await api.GET("/v1/customers/by-external-id/{externalId}/state", { params: { path: { externalId } } });
if (state.error) throw new Error(`${state.error.code}: ${state.error.detail}`);

const missing = await api.GET("/v1/customers/{customerId}", {
  params: { path: { customerId: "cus_01kaqzv3m5e0a8r6b1x2n4y7tq" } },
});
console.log(
  JSON.stringify({
    isSame: state.data.data.customerId === made.data.data.id,
    access: state.data.data.access,
    missing: missing.error?.code,
  }),
);
