// `/problems/{code}`: where a problem's `type` leads, as a page for people and as JSON for everybody else.
import { html } from "hono/html";
import { problems, type ProblemCode } from "../../contract/common/problem.ts";
import { problemTexts } from "../text/problems.ts";

/** The explanation of a code; null when there is no such code. */
export async function problemPage(code: string, request: Request): Promise<Response | null> {
  if (!isCode(code)) return null;
  const { status, title } = problems[code];
  const detail = problemTexts[code];
  if (!request.headers.get("accept")?.includes("text/html")) return Response.json({ code, status, title, detail });
  return new Response(await pageOf(code, `${status} · ${title}`, detail), {
    headers: { "content-type": "text/html; charset=utf-8" },
  });
}

function isCode(code: string): code is ProblemCode {
  return Object.hasOwn(problems, code);
}

function pageOf(code: string, title: string, detail: string) {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${code}</title>
        <style>
          body {
            font:
              1rem/1.6 system-ui,
              sans-serif;
            max-width: 40rem;
            margin: 4rem auto;
            padding: 0 1rem;
          }
        </style>
      </head>
      <body>
        <p><code>${code}</code></p>
        <h1>${title}</h1>
        <p>${detail}</p>
      </body>
    </html>`;
}
