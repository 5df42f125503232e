// Pausing: from the end of the period, or at once.
import { When } from "../../../contract/subscription.ts";
import { SubscriptionId } from "../../../contract/common/id.ts";
import { accepted } from "../site/api.ts";
import { Form } from "../site/parts.tsx";
import { idIn, type OwnPage } from "../site/visit.ts";
import { lastDay } from "../site/words.ts";
import { subscriptionHere } from "./held.ts";

export const pause: OwnPage = {
  path: "/account/pause/:subscriptionId",
  who: "subscriber",
  show: async (visit) => {
    const { texts } = visit;
    const { pause: words } = texts.site;
    const { currentPeriod } = await subscriptionHere(visit);
    const content = (
      <>
        <p>{words.text}</p>
        <Form visit={visit} does="pause" class="card">
          <fieldset>
            <legend>{words.when}</legend>
            <label class="choice">
              <input type="radio" name="when" value="period_end" checked />
              <span>{words.atEnd(lastDay(texts, currentPeriod.endsAt))}</span>
            </label>
            <label class="choice">
              <input type="radio" name="when" value="now" />
              <span>{words.now}</span>
            </label>
          </fieldset>
          <div class="actions">
            <button>{words.button}</button>
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
    pause: async ({ api, params, form }) => {
      const when = When.catch("period_end").parse(form.get("when"));
      const path = { subscriptionId: idIn(SubscriptionId, params["subscriptionId"]) };
      accepted(await api.subscriptions.pause({ params: path, body: { when } }), 200);
      return { goTo: "/account?done=paused" };
    },
  },
};
