// A customer that a partner makes. Its external id is claimed first, and the claim names the customer: so of many who
// create one at once all make the same, and one that died before its commit is finished by the next try.
import { contract } from "../../contract/index.ts";
import { after, minuteMs } from "../billing/clock.ts";
import { newCustomer } from "../billing/customer.ts";
import { isRejection } from "../billing/rejection.ts";
import { answered, asPartner, refused } from "../http/handler.ts";
import { holderAtHome } from "../store/claims-at-home.ts";
import { mintCustomerId } from "../store/databases.ts";
import { transact } from "../store/transact.ts";
import { presentCustomer } from "./present.ts";

const claimForMs = 5 * minuteMs;

export const createCustomer = asPartner.route(contract.customers.create, async ({ body }, context) => {
  const { deps, caller } = context;
  const { partnerId } = caller;
  const { externalId } = body;
  const fact = { kind: "external_id", key: `${partnerId}:${externalId}` };
  const holder = await holderAtHome(deps, {
    ...fact,
    customerId: mintCustomerId(deps),
    expiresAt: after(deps.wall(), claimForMs),
    among: null,
  });
  if (!holder) throw new Error(`Nobody holds ${fact.key}`);
  const { customerId } = holder;
  const customer = { id: customerId, userId: null, partner: { partnerId, externalId } };
  const slice = await transact<never>(deps, {
    customerId,
    actor: `partner:${partnerId}`,
    facts: [fact],
    decide: ({ state }) => newCustomer(state, customer),
  });
  if (isRejection(slice)) return refused(context, slice);
  if (!slice.state.customer) throw new Error(`${customerId} was created and is not there`);
  return answered(context, holder.confirmed ? 200 : 201, presentCustomer(slice.state.customer));
});
