// The mailbox as a page: the newest message first, links to click, codes to copy.
import type { Mail } from "./mailbox.ts";

/** The whole page; it loads itself anew every five seconds. */
export function mailboxPage(mails: readonly Mail[]): string {
  const list = mails.length === 0 ? `<p class="none">Nothing yet. Sign somebody up.</p>` : mails.map(item).join("");
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta http-equiv="refresh" content="5" />
    <link rel="icon" href="data:," />
    <title>Mailbox · Sarresid</title>
    <style>${look}</style>
  </head>
  <body>
    <main>
      <h1>Mailbox</h1>
      <p class="none">Mails and text messages of this local system. Nothing here leaves your machine.</p>
      ${list}
    </main>
  </body>
</html>
`;
}

function item({ channel, to, subject, text, at }: Mail): string {
  return `<article>
        <header><b>${channel === "sms" ? "SMS" : "E-mail"}</b> <span>${escaped(to)}</span> <time>${escaped(at)}</time></header>
        <h2 dir="auto">${escaped(subject)}</h2>
        <p class="text" dir="auto">${linked(escaped(text.trim()))}</p>
      </article>`;
}

function linked(html: string): string {
  return html.replace(/https?:\/\/[^\s<]+/g, (url) => `<a href="${url}" rel="noreferrer">${url}</a>`);
}

function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}

const look = `
  body { margin: 0; background: #f3f1ea; color: #23211c; font: 16px/1.7 Vazirmatn, Tahoma, system-ui, sans-serif }
  main { width: min(92vw, 640px); margin: 40px auto }
  h1 { font-size: 1.4rem; margin: 0 } .none, time, header span { color: #777264 }
  article { background: #fff; border-radius: 14px; padding: 16px 22px; margin: 14px 0; box-shadow: 0 4px 18px #0001 }
  header { display: flex; gap: 10px; font-size: .85rem } time { margin-inline-start: auto }
  header b { color: #14532d } h2 { font-size: 1rem; margin: 6px 0 }
  .text { white-space: pre-wrap; margin: 0; overflow-wrap: anywhere } a { color: #14532d }
`;
