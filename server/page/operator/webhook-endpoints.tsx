// Where partners are told of events: every endpoint, and one with what was sent to it, to be sent again.
import * as z from "zod";
import { billingEventTypes, type BillingEventType } from "../../../contract/billing-event.ts";
import { BillingEventId, WebhookEndpointId } from "../../../contract/common/id.ts";
import type { Delivery, WebhookEndpoint } from "../../../contract/webhook-endpoint.ts";
import { accepted } from "../site/api.ts";
import { Button, Facts, Field, Form, Tag } from "../site/parts.tsx";
import { idIn, Refused, typed, type OperatorPage, type Outcome, type Visit } from "../site/visit.ts";
import { count } from "../site/words.ts";
import { Code, cursorIn, More, Rows, wholeNumberIn, wholeNumberOrNull, wordsIn } from "./parts.tsx";
import { secretShown } from "./secret-shown.tsx";
import { moment } from "./words.ts";

const limit = 25;

export const webhookEndpoints: OperatorPage = {
  path: "/operator/webhook-endpoints",
  who: "operator",
  show: async (visit) => {
    const { texts, api } = visit;
    const { partners: words } = texts.operator;
    const answer = await api.webhookEndpoints.list({ query: { limit, ...cursorIn(visit) } });
    const { data, page } = accepted(answer, 200).body;
    const content = (
      <>
        <section class="card">
          <Rows
            visit={visit}
            heads={[words.url, words.status]}
            of={data}
            row={({ id, url, status }) => (
              <tr>
                <td>
                  <a href={`/operator/webhook-endpoints/${id}`}>
                    <bdi dir="ltr">{url}</bdi>
                  </a>
                </td>
                <td>
                  <Tag of={status}>{words.endpointStatus[status]}</Tag>
                </td>
              </tr>
            )}
          />
        </section>
        <More visit={visit} nextCursor={page.nextCursor} />
        <p>
          <a href="/operator/partners">{words.title}</a>
        </p>
      </>
    );
    return { title: words.endpoints, content };
  },
};

export const webhookEndpoint: OperatorPage = {
  path: "/operator/webhook-endpoints/:webhookEndpointId",
  who: "operator",
  show: async (visit) => {
    const { api } = visit;
    const params = here(visit);
    const [found, sent] = await Promise.all([
      api.webhookEndpoints.get({ params }),
      api.webhookEndpoints.deliveries({ params, query: { limit, ...cursorIn(visit) } }),
    ]);
    const { data, page } = accepted(sent, 200).body;
    const content = (
      <>
        <Known visit={visit} endpoint={accepted(found, 200).body.data} />
        <Deliveries visit={visit} deliveries={data} />
        <Range visit={visit} />
        <More visit={visit} nextCursor={page.nextCursor} />
        <p>
          <a href="/operator/webhook-endpoints">{visit.texts.operator.partners.endpoints}</a>
        </p>
      </>
    );
    return { title: visit.texts.operator.partners.endpoint, content };
  },
  actions: { change, test, enable, rotateSecret, archive, again, range },
};

function here({ params }: Visit): { readonly webhookEndpointId: WebhookEndpointId } {
  return { webhookEndpointId: idIn(WebhookEndpointId, params["webhookEndpointId"]) };
}

function back(visit: Visit, done?: string): string {
  const path = `/operator/webhook-endpoints/${here(visit).webhookEndpointId}`;
  return done === undefined ? path : `${path}?done=${done}`;
}

async function change(visit: Visit): Promise<Outcome> {
  const body = { url: typed(visit, "url"), ...(visit.form.has("types") && { eventTypes: typesIn(visit) }) };
  accepted(await visit.api.webhookEndpoints.update({ params: here(visit), body }), 200);
  return { goTo: back(visit, "saved") };
}

async function test(visit: Visit): Promise<Outcome> {
  accepted(await visit.api.webhookEndpoints.test({ params: here(visit), body: {} }), 202);
  return { goTo: back(visit, "tested") };
}

async function enable(visit: Visit): Promise<Outcome> {
  accepted(await visit.api.webhookEndpoints.enable({ params: here(visit), body: {} }), 200);
  return { goTo: back(visit, "enabled") };
}

async function rotateSecret(visit: Visit): Promise<Outcome> {
  const answer = await visit.api.webhookEndpoints.rotateSecret({ params: here(visit), body: {} });
  const { secret } = accepted(answer, 200).body.data;
  return secretShown(visit, { title: visit.texts.operator.partners.secretShown, secret, back: back(visit) });
}

async function archive(visit: Visit): Promise<Outcome> {
  accepted(await visit.api.webhookEndpoints.archive({ params: here(visit), body: {} }), 200);
  return { goTo: back(visit, "archived") };
}

async function range(visit: Visit): Promise<Outcome> {
  const untilPosition = wholeNumberOrNull(visit, "until");
  const body = {
    afterPosition: wholeNumberIn(visit, "after"),
    ...(untilPosition !== null && { untilPosition }),
  };
  const answer = await visit.api.webhookEndpoints.replay({ params: here(visit), body });
  const { nextAfterPosition: next } = accepted(answer, 200).body.data;
  return { goTo: next === null ? back(visit, "replayed") : `${back(visit, "replayedPart")}&after=${next}` };
}

async function again(visit: Visit): Promise<Outcome> {
  const params = { ...here(visit), eventId: idIn(BillingEventId, visit.form.get("id")) };
  accepted(await visit.api.webhookEndpoints.replayOne({ params, body: {} }), 200);
  return { goTo: back(visit, "replayed") };
}

/** The types of events that were typed, null for all; refused when one is none. */
export function typesIn(visit: Visit): BillingEventType[] | null {
  const wanted = z.array(z.enum(billingEventTypes)).safeParse(wordsIn(visit, "types"));
  if (wanted.success) return wanted.data.length === 0 ? null : wanted.data;
  throw new Refused({ code: "validation_failed", status: 422, field: "types", requestId: null });
}

export function Types({ visit, value = "" }: { visit: Visit; value?: string }) {
  const { partners: words } = visit.texts.operator;
  return <Field visit={visit} name="types" label={words.types} hint={words.typesHint} value={value} isOptional />;
}

function Known({ visit, endpoint }: { visit: Visit; endpoint: WebhookEndpoint }) {
  const { texts } = visit;
  const { partners: words } = texts.operator;
  const { url, status, partnerId, eventTypes, failingSince } = endpoint;
  return (
    <section class={failingSince === null ? "card" : "card due"}>
      <p class="row">
        <bdi dir="ltr">{url}</bdi>
        <Tag of={status}>{words.endpointStatus[status]}</Tag>
      </p>
      <Facts
        facts={[
          [words.one, <a href={`/operator/partners/${partnerId}`}>{<Code>{partnerId}</Code>}</a>],
          [words.types, eventTypes === null ? words.everyType : <Code>{eventTypes.join(" ")}</Code>],
          ...(failingSince === null ? [] : [[words.failingSince, moment(texts, failingSince)] as const]),
        ]}
      />
      {status === "archived" ? null : <Doings visit={visit} endpoint={endpoint} />}
    </section>
  );
}

function Doings({ visit, endpoint: { url, status, eventTypes } }: { visit: Visit; endpoint: WebhookEndpoint }) {
  const { partners: words } = visit.texts.operator;
  return (
    <>
      <Form visit={visit} does="change" class="fields">
        <Field visit={visit} name="url" label={words.url} value={url} maxlength={500} />
        <Types visit={visit} value={eventTypes?.join(" ") ?? ""} />
        <button class="second">{words.change}</button>
      </Form>
      <div class="actions">
        <Button visit={visit} does="test" look="second">
          {words.test}
        </Button>
        {status === "disabled" ? (
          <Button visit={visit} does="enable" look="second">
            {words.enable}
          </Button>
        ) : null}
        <Button visit={visit} does="rotateSecret" look="second">
          {words.rotateSecret}
        </Button>
        <Button visit={visit} does="archive" look="danger">
          {words.archive}
        </Button>
      </div>
    </>
  );
}

function Range({ visit }: { visit: Visit }) {
  const { partners: words, catalogue } = visit.texts.operator;
  return (
    <section class="card">
      <h2>{words.range}</h2>
      <p class="quiet">{words.rangeText}</p>
      <Form visit={visit} does="range" class="fields">
        <Field
          visit={visit}
          name="after"
          label={words.after}
          value={visit.url.searchParams.get("after") ?? ""}
          maxlength={15}
        />
        <Field visit={visit} name="until" label={words.until} hint={catalogue.optional} maxlength={15} isOptional />
        <button class="second">{words.again}</button>
      </Form>
    </section>
  );
}

function Deliveries({ visit, deliveries }: { visit: Visit; deliveries: readonly Delivery[] }) {
  const { texts } = visit;
  const { partners: words } = texts.operator;
  return (
    <section class="card">
      <h2>{words.deliveries}</h2>
      <Rows
        visit={visit}
        heads={[words.event, words.status, words.at, words.answered, ""]}
        of={deliveries}
        row={({ eventId, eventType, status, attempts, responseStatus, error, createdAt }) => (
          <tr>
            <td>
              <Code>{eventType}</Code>
            </td>
            <td>
              <Tag of={status}>{words.deliveryStatus[status]}</Tag>
            </td>
            <td class="number quiet">{moment(texts, createdAt)}</td>
            <td>
              <Code>{responseStatus ?? error ?? ""}</Code>{" "}
              {attempts > 1 ? words.attempts(count(texts, attempts)) : null}
            </td>
            <td class="whole">
              <Button visit={visit} does="again" of={{ id: eventId }} look="pick act">
                {words.again}
              </Button>
            </td>
          </tr>
        )}
      />
    </section>
  );
}
