// The switch of collecting, and the breaker beside it: whether debits go to the gateway, and why not.
import type * as z from "zod";
import type { GatewayState } from "../../../contract/operator.ts";
import { accepted } from "../site/api.ts";
import { Facts, Form, Hidden } from "../site/parts.tsx";
import { typed, type OperatorPage, type Visit } from "../site/visit.ts";
import { Reason } from "./parts.tsx";
import { moment } from "./words.ts";

export const collecting: OperatorPage = {
  path: "/operator/collecting",
  who: "operator",
  show: async (visit) => {
    const { collecting: words } = visit.texts.operator;
    const gateway = accepted(await visit.api.operator.getGateway(), 200).body.data;
    const content = (
      <div class="pair">
        <section class={gateway.collecting ? "card" : "card due"}>
          <p class="state">{gateway.collecting ? words.on : words.off}</p>
          <p>{words.meaning}</p>
          <Form visit={visit} does="set">
            <Hidden fields={{ collecting: gateway.collecting ? "no" : "yes" }} />
            <Reason visit={visit} />
            <button class={gateway.collecting ? "danger" : undefined}>
              {gateway.collecting ? words.stop : words.start}
            </button>
          </Form>
        </section>
        <Breaker visit={visit} gateway={gateway} />
      </div>
    );
    return { title: words.title, content };
  },
  actions: {
    set: async (visit) => {
      const wanted = visit.form.get("collecting") === "yes";
      const body = { collecting: wanted, reason: typed(visit, "reason") };
      accepted(await visit.api.operator.setCollecting({ body }), 200);
      return { goTo: `/operator/collecting?done=${wanted ? "started" : "stopped"}` };
    },
  },
};

function Breaker({ visit, gateway }: { visit: Visit; gateway: z.infer<typeof GatewayState> }) {
  const { texts } = visit;
  const { collecting: words, nothing } = texts.operator;
  const { breaker, openUntil, outcomes } = gateway;
  return (
    <section class="card">
      <h2>{words.breaker}</h2>
      <p>{words.breakers[breaker]}</p>
      {openUntil === null ? null : <Facts facts={[[words.openUntil, moment(texts, openUntil)]]} />}
      <h3>{words.outcomes}</h3>
      {outcomes.length === 0 ? <p class="quiet">{nothing}</p> : null}
      <ul class="plain">
        {outcomes.map(({ outcome, at }) => (
          <li class="row">
            <span>{words.outcome[outcome]}</span>
            <span class="quiet">{moment(texts, at)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
