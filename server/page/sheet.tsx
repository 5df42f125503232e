// What invoices and receipts look like: one A4 sheet, on the screen and on paper. No script, nothing from another host.
import type { Child } from "hono/jsx";
import { digitsText } from "../text/amount.ts";
import type { DocumentWord, Texts } from "../text/texts.ts";
import { fontFaces } from "./font.ts";

const style = `${fontFaces}
  @page { size: A4; margin: 14mm 13mm; }
  * { box-sizing: border-box; }
  html { background: #e7eae6; }
  body { margin: 0; font: 9.5pt/1.7 Vazirmatn, Tahoma, system-ui, sans-serif; color: #1d2420;
    -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  main { position: relative; width: 210mm; min-height: 297mm; margin: 8mm auto; padding: 14mm 13mm; background: #fff;
    display: flex; flex-direction: column; gap: 5mm; }
  h1, h2, p, dl, dd, table { margin: 0; }
  header { display: grid; grid-template-columns: 1fr auto; gap: 8mm; align-items: start; border-bottom: .6mm solid #0f6b4f;
    padding-bottom: 4mm; }
  .brand { color: #0f6b4f; font-weight: 800; font-size: 11pt; overflow-wrap: anywhere; }
  h1 { font-size: 16pt; line-height: 1.5; font-weight: 800; }
  h2 { font-size: 9.5pt; color: #0f6b4f; font-weight: 700; }
  .facts { display: grid; grid-template-columns: auto auto; gap: .5mm 4mm; align-content: start; }
  .facts dt, .quiet { color: #5c665f; }
  .facts dd { font-weight: 600; text-align: end; overflow-wrap: anywhere; }
  .parties { display: grid; grid-template-columns: 1fr 1fr; gap: 5mm; }
  .box { border: .3mm solid #cfd6d0; border-radius: 2mm; padding: 3mm 4mm; min-width: 0; }
  .box strong { display: block; font-size: 10.5pt; overflow-wrap: anywhere; }
  .box .facts { grid-template-columns: auto minmax(0, 1fr); }
  .box .facts dd { text-align: start; font-weight: 500; }
  table { width: 100%; border-collapse: collapse; font-size: 8.5pt; }
  th { background: #eef3ef; font-weight: 700; text-align: start; line-height: 1.5; }
  th, td { padding: 1.6mm 1.4mm; border-bottom: .2mm solid #cfd6d0; vertical-align: top; }
  th { border-bottom: .4mm solid #0f6b4f; }
  tr { break-inside: avoid; }
  .number { text-align: right; white-space: nowrap; }
  [lang=en] .number, [lang=en] .sum dd { font-variant-numeric: tabular-nums; }
  th.number { white-space: normal; }
  .what { width: 34%; overflow-wrap: anywhere; min-width: 32mm; }
  .small { font-size: 7.5pt; line-height: 1.6; color: #5c665f; }
  .sum { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 6mm; align-items: start; }
  .sum .facts { gap: 1mm 8mm; font-size: 9.5pt; }
  .sum .facts dd { white-space: nowrap; }
  .sum .grand { font-size: 12pt; font-weight: 800; color: #0f6b4f; border-top: .4mm solid #0f6b4f; padding-top: 1.5mm; }
  .amount { font-size: 17pt; font-weight: 800; color: #0f6b4f; overflow-wrap: anywhere; }
  footer { margin-top: auto; border-top: .2mm solid #cfd6d0; padding-top: 2.5mm; font-size: 7.5pt; color: #5c665f;
    display: flex; justify-content: space-between; gap: 6mm; }
  .void { position: absolute; inset: 0; display: grid; place-items: center; pointer-events: none; }
  .void span { font-size: 60pt; font-weight: 900; color: #b3261e; opacity: .22; transform: rotate(-24deg);
    border: 2.5mm solid; border-radius: 6mm; padding: 2mm 12mm; }
  @media print { html { background: #fff; } main { width: auto; min-height: 0; margin: 0; padding: 0; } }
  @media screen and (max-width: 210mm) { main { margin: 0; } }`;

/** Somebody on a document: the facts that are known stand under the name. */
export interface Party {
  readonly name: string;
  readonly facts: readonly Fact[];
}

export interface Fact {
  readonly label: DocumentWord;
  readonly value: string;
}

interface Sheet {
  readonly title: string;
  readonly brand: string;
  /** What stands beside the title. */
  readonly facts: readonly Fact[];
  /** Laid over the sheet: it is not valid. */
  readonly stamp: string | null;
  /** Beside the note at the foot of the sheet. */
  readonly foot: string;
  readonly content: Child;
}

/** A whole page as text. */
export function sheetOf(texts: Texts, { title, brand, facts, stamp, foot, content }: Sheet): string {
  const page = (
    <html lang={texts.language} dir={texts.direction}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${title} · ${brand}`}</title>
        <style dangerouslySetInnerHTML={{ __html: style }} />
      </head>
      <body>
        <main>
          <header>
            <div>
              <p class="brand">{brand}</p>
              <h1>{title}</h1>
            </div>
            <Facts texts={texts} facts={facts} />
          </header>
          {content}
          <footer>
            <span>{texts.document.footer}</span>
            <span>
              <bdi>{foot}</bdi>
            </span>
          </footer>
          {stamp === null ? null : (
            <div class="void">
              <span>{stamp}</span>
            </div>
          )}
        </main>
      </body>
    </html>
  );
  return `<!doctype html>${page}`;
}

/** Labels with their values. */
export function Facts({ texts, facts }: { texts: Texts; facts: readonly Fact[] }) {
  return (
    <dl class="facts">
      {facts.map(({ label, value }) => (
        <>
          <dt>{texts.document[label]}</dt>
          <dd>
            <bdi>{value}</bdi>
          </dd>
        </>
      ))}
    </dl>
  );
}

/** Seller and buyer side by side; a buyer who gave no details is a consumer. */
export function Parties({ texts, seller, buyer }: { texts: Texts; seller: Party; buyer: Party | null }) {
  return (
    <section class="parties">
      <PartyBox texts={texts} title={texts.document.seller} party={seller} />
      {buyer ? (
        <PartyBox texts={texts} title={texts.document.buyer} party={buyer} />
      ) : (
        <div class="box">
          <h2>{texts.document.buyer}</h2>
          <p class="quiet">{texts.document.anonymousBuyer}</p>
        </div>
      )}
    </section>
  );
}

function PartyBox({ texts, title, party }: { texts: Texts; title: string; party: Party }) {
  const { language } = texts;
  const facts = party.facts.map(({ label, value }) => ({ label, value: digitsText(language, value) }));
  return (
    <div class="box">
      <h2>{title}</h2>
      <strong>
        <bdi>{party.name}</bdi>
      </strong>
      <Facts texts={texts} facts={facts} />
    </div>
  );
}
