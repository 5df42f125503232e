// The pieces that operators' pages are made of.
import type { Child } from "hono/jsx";
import type { Activity } from "../../../contract/activity.ts";
import type { CustomerId } from "../../../contract/common/id.ts";
import type { Heard } from "../../../contract/heard.ts";
import { accepted } from "../site/api.ts";
import { describedBy, Description, Field } from "../site/parts.tsx";
import { Refused, type Visit } from "../site/visit.ts";
import { latinDigits } from "../site/words.ts";
import { moment } from "./words.ts";

/** Every action of an operator says why. */
export function Reason({ visit }: { visit: Visit }) {
  const { operator } = visit.texts;
  return <Field visit={visit} name="reason" label={operator.why} hint={operator.whyHint} dir="auto" maxlength={500} />;
}

/** What to write to a customer's credit. */
export function Amount({ visit }: { visit: Visit }) {
  const { customers } = visit.texts.operator;
  return <Field visit={visit} name="amount" label={customers.creditAmount} hint={customers.creditHint} />;
}

/** What somebody typed as a whole number; people group their digits. Example: `۵۰۰٬۰۰۰` is 500000. */
export function wholeNumberIn({ form }: Visit, field: string): number {
  const plain = latinDigits(form.get(field) ?? "").replaceAll(/[\s,٬]/g, "");
  if (!/^-?\d{1,15}$/.test(plain)) {
    throw new Refused({ code: "validation_failed", status: 422, field, requestId: null });
  }
  return Number(plain);
}

/** The same, or null where nothing was typed. */
export function wholeNumberOrNull(visit: Visit, field: string): number | null {
  return (visit.form.get(field)?.trim() ?? "") === "" ? null : wholeNumberIn(visit, field);
}

/** Words with spaces between them; none where nothing was typed. */
export function wordsIn({ form }: Visit, field: string): string[] {
  return (form.get(field) ?? "").split(/[\s,،]+/).filter((word) => word !== "");
}

/** Whole numbers with spaces between them. Example: `۲ ۵ ۹` is [2, 5, 9]. */
export function wholeNumbersIn(visit: Visit, field: string): number[] {
  return wordsIn(visit, field).map((word) => {
    const number = latinDigits(word);
    if (!/^\d{1,9}$/.test(number)) {
      throw new Refused({ code: "validation_failed", status: 422, field, requestId: null });
    }
    return Number(number);
  });
}

/** Each line that is not empty. */
export function linesIn({ form }: Visit, field: string): string[] {
  const lines = (form.get(field) ?? "").split("\n").map((line) => line.trim());
  return lines.filter((line) => line !== "");
}

/** Words with what each is called. Example: `file-upload: Sending files`. */
export function namedIn(visit: Visit, field: string): Record<string, string> {
  const named = linesIn(visit, field).map((line) => {
    const [, word, text] = /^([^:]+):(.+)$/.exec(line) ?? [];
    if (word === undefined || text === undefined) {
      throw new Refused({ code: "validation_failed", status: 422, field, requestId: null });
    }
    return [word.trim(), text.trim()] as const;
  });
  return Object.fromEntries(named);
}

interface LinesOf {
  readonly visit: Visit;
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly value?: string;
  /** Where no line is words. */
  readonly dir?: "ltr";
}

/** Something of a line each. */
export function Lines({ visit, name, label, hint, value = "", dir }: LinesOf) {
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <textarea id={name} name={name} dir={dir ?? "auto"} rows={3} {...describedBy({ visit, name, hint })}>
        {visit.form.get(name) ?? value}
      </textarea>
      <Description visit={visit} name={name} hint={hint} />
    </div>
  );
}

interface Chosen<T extends string> {
  readonly visit: Visit;
  readonly name: string;
  readonly label: string;
  /** What there is to choose from, with what each is called. */
  readonly options: Readonly<Record<T, string>>;
  readonly chosen?: string | null;
}

/** One of a few. The first is chosen as long as nothing was. */
export function Choice<T extends string>({ visit, name, label, options, ...known }: Chosen<T>) {
  const chosen = visit.form.get(name) ?? known.chosen;
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <select id={name} name={name} {...describedBy({ visit, name, hint: undefined })}>
        {Object.entries<string>(options).map(([value, text]) => (
          <option value={value} selected={value === chosen}>
            {text}
          </option>
        ))}
      </select>
      <Description visit={visit} name={name} hint={undefined} />
    </div>
  );
}

/** One of a few, of which none is chosen before somebody has. */
export function Radios<T extends string>({ visit, name, label, options }: Chosen<T>) {
  return (
    <fieldset {...describedBy({ visit, name, hint: undefined })}>
      <legend>{label}</legend>
      {Object.entries<string>(options).map(([value, text]) => (
        <label class="choice">
          <input type="radio" name={name} value={value} checked={visit.form.get(name) === value} required />
          <span>{text}</span>
        </label>
      ))}
      <Description visit={visit} name={name} hint={undefined} />
    </fieldset>
  );
}

/** What was chosen, which must be one of these. */
export function chosenIn<T extends string>({ form }: Visit, name: string, options: readonly T[]): T {
  const chosen = options.find((option) => option === form.get(name));
  if (chosen === undefined) throw new Refused({ code: "missing", status: 422, field: name, requestId: null });
  return chosen;
}

/** The cursor in a page's address, as a list's query takes it. */
export function cursorIn({ url }: Visit): { cursor?: string } {
  const cursor = url.searchParams.get("cursor");
  return cursor === null ? {} : { cursor };
}

/** To the rest of a list; nothing when there is none. */
export function More({ visit, nextCursor }: { visit: Visit; nextCursor: string | null }) {
  if (nextCursor === null) return null;
  const query = new URLSearchParams(visit.url.search);
  query.delete("done");
  query.set("cursor", nextCursor);
  return (
    <p>
      <a href={`${visit.url.pathname}?${query}`}>{visit.texts.operator.more}</a>
    </p>
  );
}

/** What a column is called; `figure` where it is of amounts, which end alike. */
type Head = string | { readonly figure: string };

interface RowsOf<T> {
  readonly visit: Visit;
  readonly heads: readonly Head[];
  readonly of: readonly T[];
  readonly row: (each: T) => Child;
}

/** A table of what is listed; where there is no room for columns, two cells a line. */
export function Rows<T>({ visit, heads, of, row }: RowsOf<T>) {
  if (of.length === 0) return <p class="quiet">{visit.texts.operator.nothing}</p>;
  return (
    <div class="rows">
      <table>
        <thead>
          <tr>{heads.map(headOf)}</tr>
        </thead>
        <tbody>{of.map(row)}</tbody>
      </table>
    </div>
  );
}

function headOf(head: Head) {
  if (head === "") return <td />;
  if (typeof head === "string") return <th scope="col">{head}</th>;
  return (
    <th scope="col" class="figure">
      {head.figure}
    </th>
  );
}

/** An id, a code or a word of the interface: from left to right in any language. */
export function Code({ children }: { children: Child }) {
  return (
    <bdi dir="ltr" class="code">
      {children}
    </bdi>
  );
}

/** Words and figures as the interface gave them. */
export function Raw({ of }: { of: unknown }) {
  return (
    <pre dir="ltr" lang="en">
      {JSON.stringify(of, null, 1)}
    </pre>
  );
}

/** What was said about something, the newest first. */
export function Evidence({ visit, evidence }: { visit: Visit; evidence: readonly Heard[] }) {
  const { texts } = visit;
  const { exceptions: words } = texts.operator;
  return (
    <section class="card">
      <h2>{words.evidence}</h2>
      {evidence.length === 0 ? <p class="quiet">{words.noEvidence}</p> : null}
      <ul class="plain">
        {evidence.map(({ type, at, actor, evidence: said }) => (
          <li>
            <p class="row">
              <Code>
                {type} · {actor}
              </Code>
              <span class="quiet">{moment(texts, at)}</span>
            </p>
            <Raw of={said} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What happened to a customer, the newest first. */
export async function activityOf({ api }: Visit, customerId: CustomerId, query: { limit: number; cursor?: string }) {
  return accepted(await api.activities.listOfCustomer({ params: { customerId }, query }), 200).body;
}

export function Timeline({ visit, activities }: { visit: Visit; activities: readonly Activity[] }) {
  const { texts } = visit;
  const { customers: words } = texts.operator;
  return (
    <Rows
      visit={visit}
      heads={[words.date, words.who, words.event]}
      of={activities}
      row={({ at, by, text }) => (
        <tr>
          <td class="number quiet">{moment(texts, at)}</td>
          <td class="quiet">{words.by[by]}</td>
          <td class="whole">{text[texts.language]}</td>
        </tr>
      )}
    />
  );
}
