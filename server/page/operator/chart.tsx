// Figures as columns, drawn by the server: what goes up above a line, what goes down below it. Time goes as reading does.
// Words stand beside the picture and not in it, so that a narrow screen narrows columns and not letters; whoever does not
// see it has the same as a table.
import type { Child } from "hono/jsx";
import { shortAmountText } from "../../text/amount.ts";
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
  const scale = scaleOf(columns, series);
  return (
    <figure class="card chart">
      <figcaption>
        <h2>{title}</h2>
        {children}
      </figcaption>
      {scale === null ? <p class="quiet">{words.nothingYet}</p> : <Picture {...parts} scale={scale} />}
    </figure>
  );
}

/** What the heights mean: steps from the lowest to the highest, of which one is zero. */
interface Scale {
  readonly top: number;
  readonly bottom: number;
  readonly steps: readonly number[];
}

const stepsWanted = 4;

/** Round steps about as many as wanted, and room for all columns; null when no column has a height. */
function scaleOf(columns: readonly Column[], series: readonly Series[]): Scale | null {
  const [up, down] = [heightsOf(columns, series, false), heightsOf(columns, series, true)];
  if (up + down === 0) return null;
  const step = roundStep((up + down) / stepsWanted);
  const [above, below] = [Math.ceil(up / step), Math.ceil(down / step)];
  const steps = Array.from({ length: above + below + 1 }, (_, index) => (above - index) * step);
  return { top: above * step, bottom: -below * step, steps };
}

/** The least of 1, 2, 5, 10, 20, 50 … that is no less. Example: 1,300,000 is 2,000,000. */
function roundStep(least: number): number {
  const ten = 10 ** Math.max(0, Math.floor(Math.log10(least)));
  return ten * ([1, 2, 5].find((each) => each * ten >= least) ?? 10);
}

/** How far below the top a value stands, in hundredths of the height. */
function belowTop({ top, bottom }: Scale, value: number): number {
  return (heightOf * (top - value)) / (top - bottom);
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
  scale,
}: ChartParts & { readonly scale: Scale }) {
  const { metrics: words } = visit.texts.operator;
  return (
    <>
      <Legend series={series} />
      <div class="plot">
        <svg class="scale" aria-hidden="true">
          {scale.steps.map((step) => (
            <text x={visit.texts.direction === "rtl" ? "0" : "100%"} y={`${short(belowTop(scale, step))}%`}>
              {shortAmountText(visit.texts.language, Math.abs(step))}
            </text>
          ))}
        </svg>
        <svg
          role="img"
          aria-labelledby={`${id}-title ${id}-text`}
          viewBox={`0 0 ${columns.length} ${heightOf}`}
          preserveAspectRatio="none"
        >
          <title id={`${id}-title`}>{title}</title>
          <desc id={`${id}-text`}>{description}</desc>
          <Drawn visit={visit} series={series} columns={columns} scale={scale} />
        </svg>
      </div>
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

type Drawing = Pick<ChartParts, "visit" | "series" | "columns"> & { readonly scale: Scale };

function Drawn({ visit, series, columns, scale }: Drawing) {
  const isFromRight = visit.texts.direction === "rtl";
  return (
    <>
      {scale.steps.map((step) => (
        <Line at={step} scale={scale} columns={columns} look={step === 0 ? undefined : "grid-line"} />
      ))}
      {columns.map(({ values }, index) => {
        const x = (isFromRight ? columns.length - 1 - index : index) + gap / 2;
        return stacked(values, series).map(({ from, to, tone }) => {
          const [top, bottom] = [belowTop(scale, Math.max(from, to)), belowTop(scale, Math.min(from, to))];
          return <rect class={tone} x={short(x)} width={short(1 - gap)} y={short(top)} height={short(bottom - top)} />;
        });
      })}
    </>
  );
}

interface LineAt {
  readonly at: number;
  readonly scale: Scale;
  readonly columns: readonly Column[];
  readonly look: string | undefined;
}

function Line({ at, scale, columns, look }: LineAt) {
  const y = short(belowTop(scale, at));
  return <line class={look} x1="0" x2={columns.length} y1={y} y2={y} />;
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

function short(at: number): string {
  return at.toFixed(2).replace(/\.?0+$/, "");
}
