// A shop window with React Query: hooks typed by the contract. Rendered on a server here, with the data fetched before; in
// a browser the same component fetches by itself.
import { contract } from "@sarresid/contract";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { initTsrReactQuery } from "@ts-rest/react-query/v5";
import { renderToString } from "react-dom/server";

const tsr = initTsrReactQuery(contract, {
  baseUrl: process.env["SARRESID_URL"] ?? "http://127.0.0.1:8787",
  baseHeaders: {},
});

const forSale = { queryKey: ["products"], queryData: { query: { limit: 100 } } };
const rials = new Intl.NumberFormat("en");

function Products() {
  const { data, isPending, error } = tsr.products.list.useQuery(forSale);
  if (isPending) return <p>…</p>;
  if (error) return <p role="alert">Nothing can be shown now.</p>;
  return (
    <ul>
      {data.body.data.map(({ id, name, prices }) => (
        <li key={id}>
          {name}: {prices.map(({ amountRials }) => `${rials.format(amountRials)} IRR`).join(", ")}
        </li>
      ))}
    </ul>
  );
}

const queries = new QueryClient();
await tsr.initQueryClient(queries).products.list.prefetchQuery(forSale);
console.log(
  renderToString(
    <QueryClientProvider client={queries}>
      <tsr.ReactQueryProvider>
        <Products />
      </tsr.ReactQueryProvider>
    </QueryClientProvider>,
  ),
);
