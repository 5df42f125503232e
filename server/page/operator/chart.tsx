// Figures as columns, drawn by the server: what goes up above a line, what goes down below it. Time goes as reading does.
// Words stand beside the picture and not in it, so that a narrow screen narrows columns and not letters; whoever does not
// see it has the same as a table.
import type { Child } from "hono/jsx";
import { Table } from "../account/lists.tsx";
import type { Visit } from "../site/visit.ts";

/** One of the colours of the stylesheet. */
export type Tone = "good" | "soft" | "calm" | "dim" | "warn" | "bad";

/** What each column may be made of. */
export interface Series {
  readonly name: string;
  readonly tone: Tone;
  /** Drawn below the line. */
  readonly isDown?: boolean;
}

export interface Column {
  readonly label: string;
  /** As the row of a table names it, where the label is cut short. */
  readonly rowLabel?: string;
  /** One number for each series, zero or more. */
  readonly values: readonly number[];
}

interface ChartParts {
  readonly visit: Visit;
  /** Unique on its page. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** What the rows of the table are. */
  readonly of: string;
  readonly series: readonly Series[];
  readonly columns: readonly Column[];
  readonly text: (value: number) => string;
  readonly children?: Child;
}

const heightOf = 100;
const gap = 0.22;

export function Chart(parts: ChartParts) {
  const { visit, title, series, columns, children } = parts;
  const { metrics: words } = visit.texts.operator;
  const most = highest(columns, series);
  return (
    <figure class="card chart">
      <figcaption>
        <h2>{title}</h2>
        {children}
      </figcaption>
      {most === 0 ? <p class="quiet">{words.nothingYet}</p> : <Picture {...parts} most={most} />}
    </figure>
  );
}

function Picture({
  visit,
  id,
  title,
  description,
  of,
  series,
  columns,
  text,
  most,
}: ChartParts & { readonly most: number }) {
  const { metrics: words } = visit.texts.operator;
  return (
    <>
      <Legend series={series} />
      <p class="quiet">{words.most(text(most))}</p>
      <svg
        role="img"
        aria-labelledby={`${id}-title ${id}-text`}
        viewBox={`0 0 ${columns.length} ${heightOf}`}
        preserveAspectRatio="none"
      >
        <title id={`${id}-title`}>{title}</title>
        <desc id={`${id}-text`}>{description}</desc>
        <Drawn visit={visit} series={series} columns={columns} />
      </svg>
      <div class="axis" aria-hidden="true">
        <span>{columns.at(0)?.label}</span>
        <span>{columns.at(Math.floor(columns.length / 2))?.label}</span>
        <span>{columns.at(-1)?.label}</span>
      </div>
      <details>
        <summary>{words.table}</summary>
        <Table heads={[of, ...series.map(({ name }) => name)]}>
          {columns.map(({ label, rowLabel, values }) => (
            <tr>
              <td class="number">{rowLabel ?? label}</td>
              {values.map((value) => (
                <td class="number">{text(value)}</td>
              ))}
            </tr>
          ))}
        </Table>
      </details>
    </>
  );
}

function Legend({ series }: Pick<ChartParts, "series">) {
  if (series.length < 2) return null;
  return (
    <ul class="legend">
      {series.map(({ name, tone }) => (
        <li>
          <svg viewBox="0 0 10 10" aria-hidden="true">
            <rect class={tone} width="10" height="10" rx="2" />
          </svg>
          {name}
        </li>
      ))}
    </ul>
  );
}

function Drawn({ visit, series, columns }: Pick<ChartParts, "visit" | "series" | "columns">) {
  const [up, down] = [heightsOf(columns, series, false), heightsOf(columns, series, true)];
  const whole = up + down;
  const zero = (heightOf * up) / whole;
  const isFromRight = visit.texts.direction === "rtl";
  return (
    <>
      {[0, zero / 2].map((y) => (
        <line class="grid-line" x1="0" x2={columns.length} y1={short(y)} y2={short(y)} />
      ))}
      {columns.map(({ values }, index) => {
        const x = (isFromRight ? columns.length - 1 - index : index) + gap / 2;
        return stacked(values, series).map(({ from, to, tone }) => {
          const [top, bottom] = [from, to].map((at) => zero - (heightOf * at) / whole).toSorted((a, b) => a - b);
          return (
            <rect
              class={tone}
              x={short(x)}
              width={short(1 - gap)}
              y={short(top)}
              height={short((bottom ?? 0) - (top ?? 0))}
            />
          );
        });
      })}
      <line x1="0" x2={columns.length} y1={short(zero)} y2={short(zero)} />
    </>
  );
}

/** Where each part of a column begins and ends, from the line up or down. */
function stacked(values: readonly number[], series: readonly Series[]) {
  const ends = { up: 0, down: 0 };
  return series.flatMap(({ tone, isDown = false }, index) => {
    const value = values[index] ?? 0;
    if (value === 0) return [];
    const way = isDown ? "down" : "up";
    const from = ends[way];
    ends[way] = from + (isDown ? -value : value);
    return [{ from, to: ends[way], tone }];
  });
}

function heightsOf(columns: readonly Column[], series: readonly Series[], isDown: boolean): number {
  const heights = columns.map(({ values }) =>
    values.reduce((sum, value, index) => sum + ((series[index]?.isDown ?? false) === isDown ? value : 0), 0),
  );
  return Math.max(0, ...heights);
}

function highest(columns: readonly Column[], series: readonly Series[]): number {
  return Math.max(heightsOf(columns, series, false), heightsOf(columns, series, true));
}

function short(at: number | undefined): string {
  return (at ?? 0).toFixed(2).replace(/\.?0+$/, "");
}
