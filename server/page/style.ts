// The one stylesheet of our pages: tokens with names, light and dark, from right to left and from left to right alike.
import { fontFaces } from "./font.ts";

const light = `
  --ground: #f5f6f3; --surface: #ffffff; --sunken: #eef1ed; --line: #dce1da; --edge: #bcc5bc; --text: #1b221d; --quiet: #566159;
  --accent: #0f6b4f; --accent-strong: #0b543e; --on-accent: #ffffff; --accent-soft: #e4f1eb;
  --warn: #8a4b00; --warn-soft: #fdf1dd; --bad: #a3231b; --bad-soft: #fcebe9; --focus: #b97a00; --soft: #6b9e88; --calm: #2f6f9f;`;

const dark = `
  --ground: #121613; --surface: #1a1f1b; --sunken: #232a25; --line: #303831; --edge: #4a564d; --text: #e7ece8; --quiet: #a3afa6;
  --accent: #5fd0a8; --accent-strong: #86e0c0; --on-accent: #06281c; --accent-soft: #16332a;
  --warn: #f2bd6b; --warn-soft: #35280f; --bad: #ff9d94; --bad-soft: #3c1d1a; --focus: #ffc65c; --soft: #3f8a6d; --calm: #7db7e3;`;

/** For every page but the documents, which are paper. */
export const style = `${fontFaces}
  :root { color-scheme: light dark; ${light}
    --space: 1rem; --radius: .9rem; --small: .875rem; --measure: 44rem; --control: 2.9rem; }
  :root[data-look=light] { color-scheme: light; }
  :root[data-look=dark] { color-scheme: dark; ${dark} }
  @media (prefers-color-scheme: dark) { :root:not([data-look=light]) { ${dark} } }
  *, ::before, ::after { box-sizing: border-box; }
  body { margin: 0; min-height: 100vh; display: flex; flex-direction: column; background: var(--ground); color: var(--text);
    font: 1rem/1.85 Vazirmatn, Tahoma, system-ui, sans-serif; }
  [lang=en] body { line-height: 1.65; }
  body.operating { --measure: 66rem; --small: .8125rem; --control: 2.5rem; font-size: .9375rem; line-height: 1.65; }
  h1 { margin: 0 0 var(--space); font-size: 1.55rem; line-height: 1.5; text-wrap: balance; }
  h2 { margin: 0 0 .5rem; font-size: 1.05rem; line-height: 1.6; }
  h3 { margin: 0 0 .25rem; font-size: 1rem; }
  p, ul { margin: 0 0 .75rem; text-wrap: pretty; } p:last-child, ul:last-child { margin-bottom: 0; } ul { padding-inline-start: 1.25rem; }
  .operating p:not(.row, .note) { max-width: 46rem; } .operating .field { max-width: 36rem; }
  a { color: var(--accent); text-underline-offset: .25em; }
  :focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: .3rem; }
  .skip { position: absolute; inset-inline-start: -100vw; } .skip:focus { inset-inline-start: 1rem; top: .5rem; }
  .top { background: var(--surface); border-bottom: 1px solid var(--line); }
  .top > div, main, .foot > div { width: 100%; max-width: var(--measure); margin-inline: auto; padding-inline: 1.1rem; }
  .top > div { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem 1.25rem; padding-block: .6rem; }
  .brand { font-weight: 800; font-size: 1.15rem; color: var(--accent); text-decoration: none; }
  .top nav { display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; flex: 1; }
  .top nav a { color: var(--text); } .top nav a, .top > div > a { text-decoration: none; padding-block: .35rem; }
  .top nav a[aria-current] { color: var(--accent); font-weight: 700; box-shadow: inset 0 -2px var(--accent); }
  @media (max-width: 27rem) { .top nav:has(a + a) { order: 3; flex-basis: 100%; } .top > div { justify-content: space-between; }
    .operating .top nav { justify-content: space-between; gap: 0 .4rem; } }
  main { flex: 1; padding-block: 1.75rem 2.5rem; }
  main.alone { display: grid; align-content: start; max-width: 27rem; } body > main.alone:first-child { align-content: center; }
  .alone .actions > * { flex: 1 1 auto; } .alone .actions > form > button { width: 100%; }
  .foot { color: var(--quiet); font-size: var(--small); }
  .foot > div { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; justify-content: space-between; padding-block: 1rem 1.5rem; }
  .foot form { display: flex; align-items: center; gap: .35rem; }
  .card { background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius); padding: 1.15rem 1.25rem;
    margin: 0 0 var(--space); min-width: 0; }
  .card.due { border-color: var(--warn); background: var(--warn-soft); }
  .grid { display: grid; gap: var(--space); grid-template-columns: repeat(auto-fill, minmax(min(100%, 18rem), 1fr)); }
  .grid .card { margin: 0; display: flex; flex-direction: column; } .grid .card .push { margin-top: auto; padding-top: .75rem; }
  .grid + p, .grid + h2 { margin-top: 1.5rem; }
  .pair { display: grid; gap: var(--space); grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); margin-bottom: var(--space); }
  .pair > * { margin: 0; }
  .columns { columns: 2 24rem; column-gap: var(--space); margin-bottom: var(--space); } .columns > * { break-inside: avoid; } .columns > :last-child { margin-bottom: 0; }
  .fields { display: grid; gap: 0 1.25rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); }
  .fields > :is(h2, h3, p, fieldset, details, button, .whole) { grid-column: 1 / -1; } .fields > button { justify-self: start; }
  .quiet { color: var(--quiet); font-size: var(--small); }
  .state { font-size: 1.1rem; font-weight: 600; }
  .amount { font-size: 1.35rem; font-weight: 800; line-height: 1.5; text-wrap: balance; } .amount small { font-size: var(--small); font-weight: 400; }
  .note, .trouble { border-radius: var(--radius); padding: .7rem 1rem; margin: 0 0 var(--space); }
  .note { background: var(--accent-soft); } .trouble { background: var(--bad-soft); color: var(--bad); }
  .trouble p { margin: 0; }
  .tag { display: inline-block; border-radius: 2rem; padding: 0 .7rem; font-size: var(--small); white-space: nowrap;
    background: var(--sunken); color: var(--quiet); }
  .tag.good { background: var(--accent-soft); color: var(--accent); } .tag.warn { background: var(--warn-soft); color: var(--warn); }
  .tag.bad { background: var(--bad-soft); color: var(--bad); } .due .tag { background: var(--surface); }
  dl { display: grid; grid-template-columns: auto minmax(55%, 1fr); gap: .3rem 1.25rem; margin: 0 0 .75rem; }
  dl:last-child { margin-bottom: 0; }
  dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; text-wrap: pretty; }
  dl.sum { grid-template-columns: minmax(35%, auto) auto; } dl.sum dd { text-align: end; }
  .total { border-top: 1px solid var(--line); padding-top: .6rem; }
  dl.stack { grid-template-columns: 1fr; gap: 0; } dl.stack dd { margin-bottom: .7rem; } dl.stack dd:last-child { margin: 0; }
  .amount small { display: block; } .total .amount { text-align: end; }
  .offer small { display: inline; }
  ul.plain { list-style: none; margin: 0; padding: 0; } ul.plain > li { padding-block: .55rem; border-bottom: 1px solid var(--line); }
  ul.plain > li:last-child { border: 0; padding-bottom: 0; } .card > ul.plain:first-child > li:first-child { padding-top: 0; }
  .operating ul.plain p { margin-bottom: .1rem; } .operating ul.plain > li:first-child { padding-top: 0; }
  .dated { display: grid; grid-template-columns: 1fr auto; gap: 1rem; align-items: baseline; } .row > a.quiet { padding-block: .35rem; }
  .row { display: flex; flex-wrap: wrap; gap: .35rem 1rem; justify-content: space-between; align-items: baseline; }
  .actions { display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; margin-top: .9rem; }
  label { display: block; font-weight: 600; margin-bottom: .25rem; } label.choice { display: flex; gap: .6rem; font-weight: 400;
    padding-block: .3rem; margin: 0; } .choice input { flex: none; font: inherit; margin: calc((1lh - 1.1rem) / 2) 0 0; }
  input:not([type=radio], [type=checkbox], [type=hidden]), select, textarea { width: 100%; font: inherit; color: inherit; min-height: var(--control);
    background: var(--surface); border: 1px solid var(--quiet); border-radius: .6rem; padding: .4rem .8rem; }
  input[dir=ltr] { text-align: left; } :is(input, select, textarea)[aria-invalid] { border: 2px solid var(--bad); }
  input[type=radio], input[type=checkbox] { accent-color: var(--accent); width: 1.1rem; height: 1.1rem; }
  textarea { display: block; } form + p, pre + p { margin-top: .75rem; } bdi { overflow-wrap: anywhere; }
  .field { margin-bottom: 1rem; } .field .quiet { margin: .3rem 0 0; } p.wrong { font-size: var(--small); margin: .25rem 0 0; }
  .inline { display: flex; gap: .6rem; align-items: start; } .inline .field { flex: 1; margin: 0; }
  .inline > button { margin-top: calc(1lh + .25rem); } .narrow { flex-wrap: wrap; align-items: end; margin-bottom: var(--space); }
  .narrow .field { flex: 1 1 9rem; max-width: 16rem; } .narrow > button { margin: 0; }
  button, .button { display: inline-flex; align-items: center; justify-content: center; min-height: var(--control); padding: .35rem 1.3rem;
    border: 1px solid transparent; border-radius: .6rem; font: inherit; font-weight: 700; cursor: pointer; text-decoration: none;
    text-align: center; background: var(--accent); color: var(--on-accent); }
  button:hover, .button:hover { background: var(--accent-strong); }
  .second { background: transparent; color: var(--accent); border-color: var(--edge); } .second:hover { background: var(--sunken); }
  .danger { background: transparent; color: var(--bad); border-color: var(--edge); } .danger:hover { background: var(--bad-soft); }
  .wide { width: 100%; }
  .plainly { background: none; border: 0; padding: .35rem 0; min-height: 0; font-weight: 400; color: var(--accent); }
  .plainly:hover { background: none; text-decoration: underline; }
  @media (max-width: 27rem) { .actions > form, .actions > button, .actions > .button { flex: 1 1 auto; } .actions > form > button:not(.plainly) { width: 100%; } }
  .pick { display: inline-flex; align-items: center; border: 1px solid; border-radius: .6rem; text-decoration: none; min-height: 2.1rem; padding: .1rem .7rem; font-weight: 400; font-size: var(--small); background: none; color: var(--quiet);
    border-color: var(--line); } .pick:hover { background: var(--sunken); }
  .pick[aria-pressed=true], .pick[aria-current] { color: var(--accent); border-color: var(--accent); }
  .pick.act { color: var(--accent); } .wrong, .pick.wrong, .plainly.wrong { color: var(--bad); }
  .bar { display: block; margin-block: .4rem; width: 100%; height: .7rem; border-radius: 1rem; background: var(--line); } .bar rect { fill: var(--accent); }
  [dir=rtl] .bar { transform: scaleX(-1); } .bar.full rect { fill: var(--warn); }
  .tiles { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 10rem), 1fr)); margin-bottom: var(--space); }
  .tiles .card { margin: 0; padding: .85rem 1rem; display: flex; flex-direction: column; } .tiles .amount { font-size: 1.1rem; }
  @media (max-width: 27rem) { .operating dl:not(.sum) { grid-template-columns: auto minmax(64%, 1fr); column-gap: .75rem; }
    .tiles > :last-child:nth-child(odd) { grid-column: 1 / -1; } }
  .chart { margin-inline: 0; } .plot svg { display: block; } .plot { display: flex; gap: .5rem; margin-top: .75rem; } .plot > svg { flex: 1; min-width: 0; height: 11rem; overflow: visible; }
  .plot > .scale { flex: none; width: 3.6rem; } .scale text { fill: var(--quiet); font-size: .75rem; dominant-baseline: middle; text-anchor: end; }
  .plot + .axis { margin-inline-start: 4.1rem; }
  .chart line { stroke: var(--quiet); stroke-width: 1; vector-effect: non-scaling-stroke; }
  .chart .grid-line { stroke: var(--line); }
  .good { fill: var(--accent); } .soft { fill: var(--soft); } .warn { fill: var(--warn); } .bad { fill: var(--bad); }
  .calm { fill: var(--calm); } .dim { fill: var(--quiet); }
  .axis { display: flex; justify-content: space-between; color: var(--quiet); font-size: var(--small); padding-block: .25rem .5rem; }
  .legend { list-style: none; display: flex; flex-wrap: wrap; gap: .1rem 1rem; margin: 0 0 .25rem; padding: 0; font-size: var(--small); }
  .legend svg { width: .75rem; height: .75rem; margin-inline-end: .4rem; } td.share { min-width: 4rem; width: 40%; vertical-align: middle; }
    .picks { display: flex; flex-wrap: wrap; gap: .4rem; } nav.picks { margin-bottom: var(--space); }
  a .quiet { color: inherit; }
  .scroll { overflow-x: auto; }
  table { width: 100%; border-collapse: collapse; } th { text-align: start; font-weight: 400; color: var(--quiet);
    font-size: var(--small); } th, td { padding: .5rem .5rem; border-bottom: 1px solid var(--line); vertical-align: baseline; }
  tr > :first-child { padding-inline-start: 0; } tr > :last-child { padding-inline-end: 0; text-align: end; }
  tbody tr:last-child td { border: 0; }
  td.number { white-space: nowrap; } .figure { text-align: end; white-space: nowrap; }
  .rows { container-type: inline-size; } .rows :is(td, th) { padding-block: .45rem; } .rows tr > :last-child:not(.figure) { text-align: start; }
  .rows form { margin-block: -.35rem; } .rows .picks { flex-wrap: nowrap; } .rows :is(.code, button, .pick) { white-space: nowrap; }
  @container (min-width: 34.01rem) { .rows .figure + :not(.figure) { padding-inline-start: 1.5rem; } }
  @container (max-width: 34rem) {
    .rows thead { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); }
    .rows tr { display: grid; grid-template-columns: 1fr auto; gap: 0 1rem; padding-block: .5rem; border-bottom: 1px solid var(--line); }
    .rows tr:last-child { border: 0; padding-bottom: 0; } .rows tr:first-child { padding-top: 0; }
    .rows tr > td { border: 0; padding: 0; } .rows tr > td:nth-child(even) { text-align: end; } .rows tr > .whole:first-child ~ td:not(.figure) { text-align: start; } .rows tr > .whole:nth-child(n) { grid-column: 1 / -1; text-align: start; }
    .rows td > form { margin: .3rem 0 0; } .rows .picks form { margin: 0; } .rows .picks { flex-wrap: wrap; margin-top: .4rem; } .rows .code { white-space: normal; }
  }
  .slim { max-width: 40rem; } .card:has(> .ledger) { max-width: 46rem; } .ledger tbody th { padding-top: 1.1rem; border: 0; } .ledger td { padding-block: .2rem; border: 0; }
  .code { font-size: .8125rem; color: var(--quiet); } a .code { color: inherit; }
  fieldset { border: 0; margin: 0 0 .9rem; padding: 0; min-width: 0; } legend { font-weight: 600; padding: 0; }
  details summary { cursor: pointer; color: var(--accent); padding-block: .15rem; } details[open] > summary { margin-bottom: .6rem; }
  details + button, details + form, details[open] + details { margin-top: .75rem; }
  @media (max-width: 27rem) { table { font-size: var(--small); } th, td { padding-inline: .3rem; } }
  pre { margin: 0; padding: .75rem 1rem; border-radius: .6rem; background: var(--sunken); font-size: .8rem; line-height: 1.6;
    white-space: pre-wrap; overflow-wrap: anywhere; text-align: left; }`;
