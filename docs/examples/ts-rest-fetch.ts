// A customer's application with ts-rest's own client: what is for sale, and a subscription that is paid on a page.
// Answers are typed by their status; the same contract runs in the server.
import { contract } from "@sarresid/contract";
import { initClient } from "@ts-rest/core";

const api = initClient(contract, {
  baseUrl: process.env["SARRESID_URL"] ?? "http://127.0.0.1:8787",
  baseHeaders: { authorization: `Bearer ${process.env["SARRESID_TOKEN"] ?? ""}` },
  throwOnUnknownStatus: true,
});

const products = await api.products.list({ query: { limit: 100 } });
if (products.status !== 200) throw new Error(products.body.detail);
const price = products.body.data
  .flatMap(({ prices }) => prices)
  .find(({ interval, amountRials }) => interval === "month" && amountRials > 0);
if (!price) throw new Error("Nothing is for sale by the month");

const subscribed = await api.subscriptions.create({
  body: { priceId: price.id, collection: "checkout", trial: false },
  // A fresh one for each thing that is meant to happen once; the same one to ask again after a lost connection.
  extraHeaders: { "idempotency-key": crypto.randomUUID() },
});
switch (subscribed.status) {
  case 201:
    console.log(JSON.stringify({ status: subscribed.body.data.status }));
    break;
  case 202:
    console.log(JSON.stringify({ status: "processing", payOn: subscribed.body.data.checkout?.url ?? null }));
    break;
  default:
    throw new Error(`${subscribed.body.code}: ${subscribed.body.detail}`);
}
