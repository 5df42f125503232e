// What a problem's code means to the person who reads it: what happened, and what to do. The English title and the status
// are the contract's.

/** Whole sentences; none names a person. */
export interface ProblemText {
  readonly en: readonly [happened: string, remedy: string];
  readonly fa: readonly [title: string, happened: string, remedy: string];
}
