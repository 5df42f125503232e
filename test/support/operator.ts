// An operator, as a test sees one: signed in, with the verbs that only operators have.
import { env } from "cloudflare:workers";
import type { Exception } from "../../contract/exception.ts";
import type { Payment } from "../../contract/payment.ts";
import type { Refund } from "../../contract/refund.ts";
import { checkInvariants } from "../../server/store/invariants.ts";
import { signedInPerson } from "./people.ts";
import { caller } from "./subscriber.ts";
import type { World } from "./world.ts";

const reason = "The test says so";

export type Operator = Awaited<ReturnType<typeof anOperator>>;

/** Somebody new who may do what operators may. */
export async function anOperator(world: World) {
  const person = await signedInPerson(world.auth, { role: "operator" });
  const call = caller(world, person.token);
  const key = () => crypto.randomUUID();
  return {
    ...person,
    actor: `operator:${person.userId}`,
    call,
    /** All that is left of a payment, by hand, unless it is said otherwise. */
    refund: (paymentId: string, order: object = {}) =>
      call<Refund & { readonly refund: Refund }>("POST", "/v1/refunds", { paymentId, reason, ...order }, key()),
    refundOf: async (id: string) => (await call<Refund>("GET", `/v1/refunds/${id}`)).body.data,
    settle: (id: string, reference: string) =>
      call<Refund>("POST", `/v1/refunds/${id}/settle`, { reference, reason }, key()),
    fail: (id: string) => call<Refund>("POST", `/v1/refunds/${id}/fail`, { reason }, key()),
    resolve: (paymentId: string, decision: object) =>
      call<Payment>("POST", `/v1/operator/payments/${paymentId}/resolve`, { reason, ...decision }, key()),
    resume: (customerId: string) => call("POST", `/v1/operator/customers/${customerId}/resume`, { reason }, key()),
    acknowledge: (id: string) => call("POST", `/v1/operator/exceptions/${id}/acknowledge`, { reason }, key()),
    /** What waits about one customer. */
    queueOf: async (customerId: string) =>
      (await call<Exception[]>("GET", "/v1/operator/exceptions?limit=100")).body.data.filter(
        (exception) => exception.customerId === customerId,
      ),
  };
}

/** The invariants that do not hold, with what breaks them. Of who is forgotten only `sara`: fresh worlds forget the rest. */
export async function broken(sara: { readonly customerId: string }) {
  const checked = await checkInvariants(env.DB);
  return checked.flatMap(({ name, offenders }) => {
    const isHers = (offender: (typeof offenders)[number]) => offender["customer_id"] === sara.customerId;
    const here = name === "nobody_is_forgotten" ? offenders.filter(isHers) : offenders;
    return here.length > 0 ? [{ name, offenders: here }] : [];
  });
}
