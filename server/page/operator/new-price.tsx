// A new price of a product: what most prices say, and behind it what few do.
import { CancelCredit, GraceAccess, LatePaymentPolicy } from "../../../contract/product.ts";
import { Field, Form } from "../site/parts.tsx";
import type { Visit } from "../site/visit.ts";
import { Choice, chosenIn, wholeNumberIn, wholeNumberOrNull, wholeNumbersIn } from "./parts.tsx";

const rare = ["rolloverMessages", "topUpMessages", "topUpDays", "overageRials", "overageMessages"] as const;

export function NewPrice({ visit }: { visit: Visit }) {
  const { catalogue: words } = visit.texts.operator;
  return (
    <section class="card">
      <h2>{words.newPrice}</h2>
      <Form visit={visit} does="price" class="fields">
        <Field visit={visit} name="amount" label={words.amount} maxlength={24} />
        <Choice visit={visit} name="interval" label={words.interval} options={words.intervals} />
        <Choice visit={visit} name="calendar" label={words.calendar} options={words.calendars} />
        <Choice visit={visit} name="tax" label={words.tax} options={words.taxes} />
        <Field visit={visit} name="trialDays" label={words.trialDays} hint={words.optional} maxlength={3} isOptional />
        <Choice visit={visit} name="unpaid" label={words.unpaid} options={words.unpaids} />
        <details open={visit.trouble !== null}>
          <summary>{words.rarely}</summary>
          <div class="fields">
            <Field
              visit={visit}
              name="retryDays"
              label={words.retryDays}
              hint={words.retryDaysHint}
              maxlength={40}
              isOptional
            />
            <Choice visit={visit} name="grace" label={words.grace} options={words.graces} />
            <Choice visit={visit} name="late" label={words.late} options={words.lates} />
            <Choice visit={visit} name="cancelCredit" label={words.cancelCredit} options={words.cancelCredits} />
            {rare.map((name) => (
              <Field
                visit={visit}
                name={name}
                label={words.rare[name].label}
                hint={words.rare[name].hint}
                maxlength={24}
                isOptional
              />
            ))}
          </div>
        </details>
        <button>{words.create}</button>
      </Form>
    </section>
  );
}

/** What the form says; what it leaves out is as usual. */
export function priceIn(visit: Visit) {
  const { form } = visit;
  const interval = chosenIn(visit, "interval", ["month", "year", "once"]);
  const retryDays = wholeNumbersIn(visit, "retryDays");
  return {
    amountRials: wholeNumberIn(visit, "amount"),
    interval: interval === "once" ? null : interval,
    calendar: chosenIn(visit, "calendar", ["jalali", "gregorian"]),
    taxBehavior: chosenIn(visit, "tax", ["exclusive", "inclusive"]),
    trialDays: wholeNumberOrNull(visit, "trialDays") ?? 0,
    unpaidPolicy: chosenIn(visit, "unpaid", ["cancel", "pause"]),
    graceAccess: GraceAccess.catch("keep").parse(form.get("grace")),
    latePaymentPolicy: LatePaymentPolicy.catch("credit").parse(form.get("late")),
    cancelCredit: CancelCredit.catch("none").parse(form.get("cancelCredit")),
    ...(retryDays.length > 0 && { retryDays }),
    rolloverMessages: wholeNumberOrNull(visit, "rolloverMessages") ?? 0,
    topUpMessages: wholeNumberOrNull(visit, "topUpMessages"),
    topUpDays: wholeNumberOrNull(visit, "topUpDays"),
    overageRials: wholeNumberOrNull(visit, "overageRials"),
    overageMessages: wholeNumberOrNull(visit, "overageMessages"),
  };
}
