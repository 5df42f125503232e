// The pieces that pages are made of.
import type { Child } from "hono/jsx";
import { amountText } from "../../text/amount.ts";
import type { Texts } from "../../text/texts.ts";
import { toman, troubleText } from "./words.ts";
import type { View, Visit } from "./visit.ts";

interface FormParts {
  readonly visit: Visit;
  /** Which of the page's actions it asks for. */
  readonly does: string;
  readonly children?: Child;
  readonly class?: string;
}

/** Posts to the page's own address. */
export function Form({ visit, does, children, class: look }: FormParts) {
  return (
    <form method="post" class={look}>
      <input type="hidden" name="do" value={does} />
      <input type="hidden" name="once" value={visit.once} />
      {children}
    </form>
  );
}

/** A form that is one button. */
export function Button({
  visit,
  does,
  of,
  look,
  children,
}: {
  readonly visit: Visit;
  readonly does: string;
  /** Hidden fields: what it is about. */
  readonly of?: Readonly<Record<string, string>>;
  readonly look?: string;
  readonly children: Child;
}) {
  return (
    <Form visit={visit} does={does}>
      <Hidden fields={of ?? {}} />
      <button class={look}>{children}</button>
    </Form>
  );
}

export function Hidden({ fields }: { fields: Readonly<Record<string, string>> }) {
  return (
    <>
      {Object.entries(fields).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
    </>
  );
}

interface FieldParts {
  readonly visit: Visit;
  readonly name: string;
  readonly label: string;
  readonly type?: "text" | "email" | "password" | "tel";
  readonly hint?: string;
  readonly autocomplete?: string;
  readonly inputmode?: "numeric" | "tel" | "email";
  readonly maxlength?: number;
  readonly isOptional?: boolean;
  readonly value?: string;
  /** As what is typed reads, where it is words. */
  readonly dir?: "auto";
}

/** A labelled field, filled with what was typed before, with its refusal beside it. */
export function Field({ visit, name, label, hint, isOptional = false, value, dir, ...input }: FieldParts) {
  const isSecret = input.type === "password";
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <input
        {...input}
        id={name}
        name={name}
        dir={dir ?? "ltr"}
        required={!isOptional}
        value={isSecret ? "" : (visit.form.get(name) ?? value ?? "")}
        {...describedBy({ visit, name, hint })}
      />
      <Description visit={visit} name={name} hint={hint} />
    </div>
  );
}

interface Described {
  readonly visit: Visit;
  readonly name: string;
  readonly hint: string | undefined;
}

/** What a field says of itself when there is a `Description` of it. */
export function describedBy({ visit, name, hint }: Described) {
  const isWrong = visit.trouble?.field === name;
  const about = [hint === undefined ? null : `${name}-hint`, isWrong ? `${name}-wrong` : null]
    .filter(Boolean)
    .join(" ");
  return {
    "aria-invalid": isWrong ? ("true" as const) : undefined,
    "aria-describedby": about === "" ? undefined : about,
  };
}

/** Beneath a field: a hint, and why what was typed is refused. */
export function Description({ visit: { trouble, texts }, name, hint }: Described) {
  return (
    <>
      {hint === undefined ? null : (
        <p class="quiet" id={`${name}-hint`}>
          {hint}
        </p>
      )}
      {trouble?.field === name ? (
        <p class="wrong" id={`${name}-wrong`} role="alert">
          {troubleText(texts, trouble)}
        </p>
      ) : null}
    </>
  );
}

const tones = {
  good: "active trialing paid succeeded delivered enabled confirmed",
  warn:
    "open created submitted verifying unknown pending pending_signature incomplete planned past_due needs_review " +
    "surplus ticket",
  bad: "failed lapsed uncollectible verification_failed disabled page",
} as const;

/** In which state something is, with a colour for those that are well, that wait and that went wrong. */
export function Tag({ of, children }: { of: string; children: Child }) {
  const tone = Object.entries(tones).find(([, states]) => states.split(" ").includes(of))?.[0];
  return <span class={tone === undefined ? "tag" : `tag ${tone}`}>{children}</span>;
}

/** What is paid or owed, large; in Rials beneath. */
export function Amount({ texts, amountRials }: { texts: Texts; amountRials: number }) {
  return (
    <span class="amount">
      {toman(texts, amountRials)}
      {amountRials === 0 ? null : <small>{texts.site.units.rials(amountText(texts.language, amountRials))}</small>}
    </span>
  );
}

/** Labels with their values. */
export function Facts({ facts, class: look }: { facts: readonly (readonly [string, Child])[]; class?: string }) {
  return (
    <dl class={look}>
      {facts.map(([label, value]) => (
        <>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </>
      ))}
    </dl>
  );
}

interface BarParts {
  readonly used: number;
  readonly of: number;
  readonly label: string;
  /** Whether all of it is nothing to be warned of. */
  readonly mayBeFull?: boolean;
}

/** How much of something is used, as a bar from where reading begins. */
export function Bar({ used, of, label, mayBeFull = false }: BarParts) {
  const share = of === 0 ? 100 : Math.min(100, (100 * used) / of);
  return (
    <svg
      class={share >= 100 && !mayBeFull ? "bar full" : "bar"}
      role="img"
      aria-label={label}
      viewBox="0 0 100 4"
      preserveAspectRatio="none"
    >
      <rect width={share.toFixed(1)} height="4" rx="1" />
    </svg>
  );
}

/** Back to the door. */
export function ToSignIn({ texts }: { texts: Texts }) {
  return (
    <p>
      <a href="/sign-in">{texts.site.signIn.back}</a>
    </p>
  );
}

/** A small page with one thing to say. */
export function notice({ title, text }: { title: string; text: string }, more: Child = null): View {
  return {
    title,
    isAlone: true,
    content: (
      <>
        <p>{text}</p>
        {more}
      </>
    ),
  };
}
