// Ending a subscription with its period. One button; why is nobody's duty to say.
import { CancelFeedback } from "../../../contract/subscription.ts";
import { SubscriptionId } from "../../../contract/common/id.ts";
import { accepted } from "../site/api.ts";
import { Form } from "../site/parts.tsx";
import { idIn, type OwnPage } from "../site/visit.ts";
import { lastDay } from "../site/words.ts";
import { subscriptionHere } from "./held.ts";

export const cancel: OwnPage = {
  path: "/account/cancel/:subscriptionId",
  who: "subscriber",
  show: async (visit) => {
    const { texts } = visit;
    const { cancel: words } = texts.site;
    const { currentPeriod } = await subscriptionHere(visit);
    const content = (
      <>
        <p>{words.text(lastDay(texts, currentPeriod.endsAt))}</p>
        <Form visit={visit} does="cancel" class="card">
          <div class="field">
            <label for="feedback">{words.why}</label>
            <select id="feedback" name="feedback">
              <option value="">{words.noReason}</option>
              {CancelFeedback.options.map((reason) => (
                <option value={reason}>{words.reasons[reason]}</option>
              ))}
            </select>
          </div>
          <div class="actions">
            <button class="danger">{words.button}</button>
            <a class="button second" href="/account">
              {words.keep}
            </a>
          </div>
        </Form>
      </>
    );
    return { title: words.title, isAlone: true, content };
  },
  actions: {
    cancel: async ({ api, params, form }) => {
      const feedback = CancelFeedback.nullable().catch(null).parse(form.get("feedback"));
      const path = { subscriptionId: idIn(SubscriptionId, params["subscriptionId"]) };
      accepted(await api.subscriptions.cancel({ params: path, body: { when: "period_end", feedback } }), 200);
      return { goTo: "/account?done=canceling" };
    },
  },
};
