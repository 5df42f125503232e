// The way back from a restored backup, step by step, and where it stands.
import type { Epoch } from "../../../contract/epoch.ts";
import { accepted } from "../site/api.ts";
import { Facts, Form } from "../site/parts.tsx";
import { typed, type OperatorPage, type Outcome, type View, type Visit } from "../site/visit.ts";
import { count } from "../site/words.ts";
import { chosenIn, Radios, Reason } from "./parts.tsx";
import { moment } from "./words.ts";

export const epoch: OperatorPage = {
  path: "/operator/epoch",
  who: "operator",
  show: async (visit) => view(visit, accepted(await visit.api.epochs.get(), 200).body.data),
  actions: { step },
};

const steps = ["start", "recall", "settle"] as const;

async function step(visit: Visit): Promise<Outcome> {
  return view(visit, await taken(visit, { reason: typed(visit, "reason") }));
}

async function taken(visit: Visit, body: { readonly reason: string }): Promise<Epoch> {
  const { epochs } = visit.api;
  const wanted = chosenIn(visit, "step", steps);
  if (wanted === "start") return accepted(await epochs.start({ body }), 201).body.data;
  const answer = wanted === "recall" ? await epochs.recall({ body }) : await epochs.settle({ body });
  return accepted(answer, 200).body.data;
}

function view(visit: Visit, now: Epoch): View {
  const { epoch: words } = visit.texts.operator;
  const content = (
    <>
      <p>{words.text}</p>
      <div class="columns">
        <Standing visit={visit} now={now} />
        <Form visit={visit} does="step" class="card">
          <Radios visit={visit} name="step" label={words.step} options={words.steps} />
          <Reason visit={visit} />
          <button class="danger">{words.button}</button>
        </Form>
      </div>
    </>
  );
  return { title: words.title, content };
}

function Standing({ visit, now }: { visit: Visit; now: Epoch }) {
  const { texts } = visit;
  const { epoch: words } = texts.operator;
  return (
    <section class="card" role="status">
      <Facts
        facts={[
          [words.number, count(texts, now.epoch)],
          [words.recalling, now.recalling ? words.yes : words.no],
          ...(now.epoch === 1 ? [] : [[words.lastPosition, count(texts, now.lastPosition)] as const]),
          ...(now.doubtUntil === null ? [] : [[words.doubtUntil, moment(texts, now.doubtUntil)] as const]),
          [words.held, count(texts, now.held)],
        ]}
      />
    </section>
  );
}
