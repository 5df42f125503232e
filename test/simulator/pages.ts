// The payer's pages in Persian, as plain forms that a script can post to as well. No script, no outside asset.

import { html, raw } from "hono/html";

import type { Contract, Session } from "./records.ts";
import { textOf } from "./tehran.ts";

type Button = { action: string; label: string; look: "good" | "bad" | "quiet" };
type Row = readonly [label: string, value: string];

const number = new Intl.NumberFormat("fa-IR");

const look = raw(`
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: #f3f1ea; color: #23211c;
         font: 16px/1.9 Vazirmatn, Tahoma, sans-serif }
  main { background: #fff; border-radius: 18px; padding: 28px 32px; width: min(88vw, 400px); box-shadow: 0 8px 30px #0001 }
  h1 { font-size: 1.25rem; margin: 0 0 12px } small { color: #8a8577 }
  dl { display: grid; grid-template-columns: auto 1fr; gap: 4px 16px; margin: 0 0 20px } dt { color: #8a8577 }
  dd { margin: 0; text-align: left; overflow-wrap: anywhere } form { display: grid; gap: 10px }
  button { font: inherit; padding: 10px; border: 0; border-radius: 10px; cursor: pointer }
  button:focus-visible { outline: 3px solid #e0a100 }
  .good { background: #14532d; color: #fff } .bad { background: #fde8e8; color: #8b1a1a } .quiet { background: #f0eee6 }
`);

export function payPage(session: Session) {
  const rows: Row[] = [
    ["مبلغ", rialsOf(session.amountRials)],
    ["شناسه", session.authority.replace(/^([AS])0+/, "$1…")],
  ];
  return page("پرداخت", rows, [
    { action: "pay", label: "پرداخت", look: "good" },
    { action: "decline", label: "کارت رد شود", look: "bad" },
    { action: "cancel", label: "انصراف", look: "bad" },
    { action: "leave", label: "بستن صفحه بدون بازگشت", look: "quiet" },
  ]);
}

export function signPage(contract: Contract, bankName: string) {
  const rows: Row[] = [
    ["بانک", bankName],
    ["موبایل", contract.mobile],
    ["سقف هر برداشت", rialsOf(contract.maxAmountRials)],
    ["برداشت در روز", number.format(contract.maxDailyCount)],
    ["برداشت در ماه", number.format(contract.maxMonthlyCount)],
    ["پایان قرارداد", textOf(contract.expireAt)],
  ];
  return page("قرارداد پرداخت مستقیم", rows, [
    { action: "sign", label: "امضا می‌کنم", look: "good" },
    { action: "refuse", label: "نمی‌پذیرم", look: "bad" },
    { action: "leave", label: "بستن صفحه بدون بازگشت", look: "quiet" },
  ]);
}

export function endedPage(title: string) {
  return page(title, [], [{ action: "back", label: "بازگشت به فروشگاه", look: "quiet" }]);
}

export function messagePage(title: string) {
  return page(title, [], []);
}

function page(title: string, rows: readonly Row[], buttons: readonly Button[]) {
  return html`<!doctype html>
    <html lang="fa" dir="rtl">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <link rel="icon" href="data:," />
        <title>${title}</title>
        <style>
          ${look}
        </style>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          <dl>
            ${rows.map(
              ([label, value]) =>
                html`<dt>${label}</dt>
                  <dd><bdi>${value}</bdi></dd>`,
            )}
          </dl>
          <form method="post">
            ${buttons.map((one) => html`<button class="${one.look}" name="action" value="${one.action}">${one.label}</button>`)}
          </form>
          <small>شبیه‌ساز درگاه؛ هیچ پولی جابه‌جا نمی‌شود.</small>
        </main>
      </body>
    </html>`;
}

function rialsOf(amount: number): string {
  return `${number.format(amount)} ریال`;
}
