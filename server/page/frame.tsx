// What all our pages look like. No script, nothing from another host.
import type { Child } from "hono/jsx";
import type { Texts } from "../text/texts.ts";
import { fontFaces } from "./font.ts";

const style = `${fontFaces}
  :root { color-scheme: light dark; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 1rem/1.9 Vazirmatn, Tahoma, system-ui, sans-serif;
    background: #f4f5f2; color: #1d2420; }
  main { max-width: 30rem; margin: 1.5rem; padding: 2rem; background: #fff; border-radius: 1rem; border: 1px solid #dfe3dc; }
  h1 { margin: 0 0 .75rem; font-size: 1.3rem; line-height: 1.6; }
  h2 { margin: 1.25rem 0 .25rem; font-size: 1rem; color: #0f6b4f; }
  p { margin: 0 0 .75rem; }
  a { color: inherit; }
  ul { margin: 0; padding: 0; list-style: none; }
  li { margin: 0 0 .5rem; line-height: 1.5; overflow-wrap: anywhere; }
  pre { margin: 0; padding: .75rem 1rem; border-radius: .6rem; background: #f4f5f2; font-size: .8rem; line-height: 1.6;
    white-space: pre-wrap; overflow-wrap: anywhere; text-align: left; }
  dl { display: grid; grid-template-columns: auto 1fr; gap: .25rem 1.5rem; margin: 0 0 1.5rem; }
  dd { margin: 0; font-weight: 700; }
  button { width: 100%; padding: .6rem; border: 0; border-radius: .6rem; font: inherit; font-weight: 700; cursor: pointer;
    background: #0f6b4f; color: #fff; }
  button:focus-visible { outline: 3px solid #e0a100; outline-offset: 2px; }
  .brand { color: #0f6b4f; font-weight: 700; }
  .quiet { color: #5c665f; font-size: .9rem; font-weight: 400; margin: 1.5rem 0 0; }
  dd .quiet { margin: 0; }
  @media (prefers-color-scheme: dark) {
    body { background: #141815; color: #e6ebe7; }
    main { background: #1c211d; border-color: #2d352f; }
    .brand, h2 { color: #5fd0a8; }
    pre { background: #141815; }
    .quiet { color: #9aa69d; }
  }`;

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
        <main>
          <p class="brand">{texts.brand}</p>
          <h1>{title}</h1>
          {content}
        </main>
      </body>
    </html>
  );
  return `<!doctype html>${page}`;
}
