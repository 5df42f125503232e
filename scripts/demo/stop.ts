// Why a demo ends early, in one sentence for whoever runs it.

/** Something that does not add up, or an answer nobody expected. */
export class Stop extends Error {}

/** Throws the sentence unless the condition holds. */
export function expect(holds: boolean, sentence: string): asserts holds {
  if (!holds) throw new Stop(sentence);
}
