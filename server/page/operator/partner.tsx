// One partner: its keys, where its customers may be sent back to, and where it is told of events.
import { PartnerId, PartnerKeyId } from "../../../contract/common/id.ts";
import { PartnerScope } from "../../../contract/common/policy.ts";
import type { Partner } from "../../../contract/partner.ts";
import type { PartnerKey } from "../../../contract/partner-key.ts";
import { accepted } from "../site/api.ts";
import { Button, describedBy, Description, Facts, Field, Form, Tag } from "../site/parts.tsx";
import { idIn, typed, type OperatorPage, type Outcome, type Visit } from "../site/visit.ts";
import { Code, Lines, linesIn, Rows } from "./parts.tsx";
import { secretShown } from "./secret-shown.tsx";
import { Types, typesIn } from "./webhook-endpoints.tsx";
import { moment } from "./words.ts";

/** As many keys as are shown; a partner has few that are good. */
const limit = 100;

export const partner: OperatorPage = {
  path: "/operator/partners/:partnerId",
  who: "operator",
  show: async (visit) => {
    const { texts, api } = visit;
    const partnerId = here(visit);
    const [found, keys] = await Promise.all([
      api.partners.get({ params: { partnerId } }),
      api.partnerKeys.list({ query: { limit, partnerId } }),
    ]);
    const known = accepted(found, 200).body.data;
    const content = (
      <>
        <section class="card">
          <Facts
            facts={[
              [texts.operator.customers.id, <Code>{known.id}</Code>],
              [texts.operator.partners.since, moment(texts, known.createdAt)],
            ]}
          />
        </section>
        <Keys visit={visit} keys={accepted(keys, 200).body.data} />
        <NewKey visit={visit} />
        <ReturnUrls visit={visit} known={known} />
        <NewEndpoint visit={visit} />
      </>
    );
    return { title: known.name, content };
  },
  actions: { key, rotate, revoke, returnUrls, endpoint },
};

function here({ params }: Visit): PartnerId {
  return idIn(PartnerId, params["partnerId"]);
}

function shown(visit: Visit, secret: string | null, title: string): Outcome {
  return secretShown(visit, { title, secret, back: `/operator/partners/${here(visit)}` });
}

async function key(visit: Visit): Promise<Outcome> {
  const scopes = PartnerScope.options.filter((scope) => visit.form.getAll("scopes").includes(scope));
  const answer = await visit.api.partnerKeys.create({ body: { partnerId: here(visit), scopes } });
  return shown(visit, accepted(answer, 201).body.data.key, visit.texts.operator.partners.keyShown);
}

async function rotate(visit: Visit): Promise<Outcome> {
  const params = { partnerKeyId: idIn(PartnerKeyId, visit.form.get("id")) };
  const answer = await visit.api.partnerKeys.rotate({ params, body: {} });
  return shown(visit, accepted(answer, 201).body.data.key, visit.texts.operator.partners.keyShown);
}

async function revoke(visit: Visit): Promise<Outcome> {
  const params = { partnerKeyId: idIn(PartnerKeyId, visit.form.get("id")) };
  accepted(await visit.api.partnerKeys.revoke({ params, body: {} }), 200);
  return { goTo: `/operator/partners/${here(visit)}?done=revoked` };
}

async function returnUrls(visit: Visit): Promise<Outcome> {
  const body = { returnUrls: linesIn(visit, "returnUrls") };
  accepted(await visit.api.partners.setReturnUrls({ params: { partnerId: here(visit) }, body }), 200);
  return { goTo: `/operator/partners/${here(visit)}?done=saved` };
}

async function endpoint(visit: Visit): Promise<Outcome> {
  const body = { partnerId: here(visit), url: typed(visit, "url"), eventTypes: typesIn(visit) };
  const { secret } = accepted(await visit.api.webhookEndpoints.create({ body }), 201).body.data;
  return shown(visit, secret, visit.texts.operator.partners.secretShown);
}

function Keys({ visit, keys }: { visit: Visit; keys: readonly PartnerKey[] }) {
  const { texts } = visit;
  const { partners: words, customers } = texts.operator;
  return (
    <section class="card">
      <h2>{words.keys}</h2>
      <Rows
        visit={visit}
        heads={[customers.id, words.status, words.scopes, "", ""]}
        of={keys}
        row={({ id, status, scopes, lastUsedAt, replacedById }) => (
          <tr>
            <td>
              <Code>{id}</Code>
            </td>
            <td>
              <Tag of={status}>{words.keyStatus[status]}</Tag>
            </td>
            <td class="whole">
              <bdi dir="ltr">{scopes.join(" ")}</bdi>
            </td>
            <td class="whole quiet">{lastUsedAt === null ? words.unused : words.used(moment(texts, lastUsedAt))}</td>
            <td class="whole">
              {status === "active" ? (
                <div class="picks">
                  {replacedById === null ? (
                    <Button visit={visit} does="rotate" of={{ id }} look="pick act">
                      {words.rotate}
                    </Button>
                  ) : null}
                  <Button visit={visit} does="revoke" of={{ id }} look="pick wrong">
                    {words.revoke}
                  </Button>
                </div>
              ) : null}
            </td>
          </tr>
        )}
      />
    </section>
  );
}

function NewKey({ visit }: { visit: Visit }) {
  const { partners: words, catalogue } = visit.texts.operator;
  const chosen = visit.form.getAll("scopes");
  return (
    <section class="card">
      <h2>{words.newKey}</h2>
      <Form visit={visit} does="key">
        <fieldset {...describedBy({ visit, name: "scopes", hint: undefined })}>
          <legend>{words.scopes}</legend>
          <div class="fields">
            {PartnerScope.options.map((scope) => (
              <label class="choice">
                <input type="checkbox" name="scopes" value={scope} checked={chosen.includes(scope)} />
                <bdi dir="ltr">{scope}</bdi>
              </label>
            ))}
          </div>
          <Description visit={visit} name="scopes" hint={undefined} />
        </fieldset>
        <button>{catalogue.create}</button>
      </Form>
    </section>
  );
}

function ReturnUrls({ visit, known }: { visit: Visit; known: Partner }) {
  const { partners: words } = visit.texts.operator;
  return (
    <section class="card">
      <Form visit={visit} does="returnUrls">
        <Lines
          visit={visit}
          name="returnUrls"
          label={words.returnUrls}
          hint={words.returnUrlsHint}
          value={known.returnUrls.join("\n")}
          dir="ltr"
        />
        <button class="second">{words.save}</button>
      </Form>
    </section>
  );
}

function NewEndpoint({ visit }: { visit: Visit }) {
  const { partners: words, catalogue } = visit.texts.operator;
  return (
    <section class="card">
      <div class="row">
        <h2>{words.newEndpoint}</h2>
        <a href="/operator/webhook-endpoints" class="quiet">
          {words.endpoints}
        </a>
      </div>
      <Form visit={visit} does="endpoint" class="fields">
        <Field visit={visit} name="url" label={words.url} maxlength={500} />
        <Types visit={visit} />
        <button>{catalogue.create}</button>
      </Form>
    </section>
  );
}
