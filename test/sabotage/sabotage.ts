// What a sabotage is: a guard of the design, taken out of the source text from outside, while it is bundled. Nothing in
// `server/` knows of it.

export interface Edit {
  /** From the project's root. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
}

export interface Sabotage {
  readonly name: string;
  /** Which rule is taken away, and the harm that it keeps off. */
  readonly guard: string;
  /** What has to notice. */
  readonly by: "simulation" | "model";
  readonly edits: readonly Edit[];
}

/** The source of an edit is not what it was when the edit was written: the list has to follow. */
export class GuardMoved extends Error {
  override readonly name = "GuardMoved";
}

/** The text with an edit made; throws `GuardMoved` unless what it replaces stands there exactly once. */
export function edited(text: string, { file, find, replace }: Edit): string {
  const times = text.split(find).length - 1;
  if (times !== 1) throw new GuardMoved(`the guard has moved: ${file} has ${times} times:\n${find}`);
  return text.replace(find, () => replace);
}

/** The text of a file with all edits that are about it. */
export function editedFile(file: string, text: string, edits: readonly Edit[]): string {
  return edits.filter((edit) => edit.file === file).reduce(edited, text);
}
