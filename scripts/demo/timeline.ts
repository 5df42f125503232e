// The timeline: the day on the customer's own clock in the left margin, what happened beside it.
import type { BillingEvent } from "../../contract/billing-event.ts";
import { sentenceOf, type Mood, type Names } from "./sentences.ts";
import { jalaliDay, tehranTime } from "./written.ts";

export interface Timeline {
  /** A heading between parts of the story. */
  chapter(title: string): void;
  /** Something that is no billing event: it happens at the customer's present time. */
  note(text: string): void;
  /** Events that have not been shown yet, in order. */
  events(events: readonly BillingEvent[], names: Names): void;
}

const signs: Record<Mood, string> = { plain: "•", good: "✓", bad: "✗", faint: " " };
const colours: Record<Mood, string> = { plain: "", good: "\u001b[32m", bad: "\u001b[31m", faint: "\u001b[2m" };
const bold = "\u001b[1m";
const reset = "\u001b[0m";
const marginWidth = 18;

/** A timeline that writes lines; with colour when they go to a terminal. */
export function createTimeline(write: (line: string) => void, hasColour: boolean): Timeline {
  let clock: string | null = null;
  let shownSeq = 0;
  let shownDay = "";
  const paint = (colour: string, text: string) => (hasColour && colour !== "" ? `${colour}${text}${reset}` : text);
  const line = (mood: Mood, text: string) => {
    const at = clock ?? new Date().toISOString();
    const day = jalaliDay(at);
    const margin = (day === shownDay ? "" : day).padStart(marginWidth);
    shownDay = day;
    write(`${margin}  ${tehranTime(at)}  ${paint(colours[mood], `${signs[mood]} ${text}`)}`);
  };
  return {
    chapter: (title) => {
      shownDay = "";
      write(`\n${paint(bold, title)}`);
    },
    note: (text) => line("plain", text),
    events: (events, names) => {
      for (const event of events.slice(shownSeq)) {
        clock = clockAfter(event, clock);
        const sentence = sentenceOf(event, names);
        if (sentence) line(sentence.mood, sentence.text);
      }
      shownSeq = Math.max(shownSeq, events.length);
    },
  };
}

/** A customer's clock runs with the world's until it is set; from then on it moves only by its own events. */
function clockAfter(event: BillingEvent, clock: string | null): string | null {
  if (event.type === "test_clock.target_set" || event.type === "test_clock.advanced") return event.data.nowAt;
  return clock;
}
