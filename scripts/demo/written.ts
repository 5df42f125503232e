// Days and amounts as people in Iran write them, in Latin letters.

const numbers = new Intl.NumberFormat("en-US");

const jalali = new Intl.DateTimeFormat("en-US-u-ca-persian-nu-latn", {
  timeZone: "Asia/Tehran",
  day: "numeric",
  month: "long",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

/** `3,289,000` */
export function grouped(rials: number): string {
  return numbers.format(rials);
}

/** `1 Azar 1405`, the day in Tehran of an instant. */
export function jalaliDay(instant: string): string {
  const { day, month, year } = partsOf(instant);
  return `${day} ${month} ${year}`;
}

/** `08:41`, Tehran's time of day of an instant. */
export function tehranTime(instant: string): string {
  const { hour, minute } = partsOf(instant);
  return `${hour}:${minute}`;
}

function partsOf(instant: string) {
  const parts = jalali.formatToParts(Date.parse(instant));
  const of = (type: Intl.DateTimeFormatPartTypes) => parts.find((part) => part.type === type)?.value ?? "";
  return { day: of("day"), month: of("month"), year: of("year"), hour: of("hour"), minute: of("minute") };
}
