// What all our pages look like. No script, nothing from another host.
import type { Child } from "hono/jsx";
import type { Texts } from "../text/texts.ts";
import { style } from "./style.ts";

/** A whole page as text; `head` goes into its head. */
export function framed(texts: Texts, title: string, content: Child, head: Child = null): string {
  const page = (
    <html lang={texts.language} dir={texts.direction}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${title} · ${texts.brand}`}</title>
        {head}
        <style dangerouslySetInnerHTML={{ __html: style }} />
      </head>
      <body>
        <main class="alone">
          <div class="card">
            <p class="brand">{texts.brand}</p>
            <h1>{title}</h1>
            {content}
          </div>
        </main>
      </body>
    </html>
  );
  return `<!doctype html>${page}`;
}
