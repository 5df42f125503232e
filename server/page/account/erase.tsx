// Leaving for good: what is forgotten, what has to stay, and a button that only works once it is meant.
import { accepted } from "../site/api.ts";
import { Form } from "../site/parts.tsx";
import { Refused, type OwnPage } from "../site/visit.ts";

export const erase: OwnPage = {
  path: "/account/erase",
  who: "subscriber",
  show: async (visit) => {
    const { erase: words } = visit.texts.site;
    const isWrong = visit.trouble?.field === "sure";
    const content = (
      <>
        <p>{words.goes}</p>
        <p>{words.stays}</p>
        <p class="quiet">{words.before}</p>
        <Form visit={visit} does="erase" class="card">
          <label class="choice">
            <input
              type="checkbox"
              name="sure"
              aria-invalid={isWrong ? "true" : undefined}
              aria-describedby={isWrong ? "sure-wrong" : undefined}
            />
            <span>{words.sure}</span>
          </label>
          {isWrong ? (
            <p class="wrong" id="sure-wrong" role="alert">
              {words.notSure}
            </p>
          ) : null}
          <div class="actions">
            <button class="danger">{words.button}</button>
            <a class="button second" href="/account/settings">
              {words.keep}
            </a>
          </div>
        </Form>
      </>
    );
    return { title: words.title, isAlone: true, content };
  },
  actions: {
    erase: async ({ api, form }) => {
      if (!form.has("sure")) throw new Refused({ code: "missing", status: 422, field: "sure", requestId: null });
      accepted(await api.account.erase({ body: {} }), 200);
      return { goTo: "/products?done=erased" };
    },
  },
};
