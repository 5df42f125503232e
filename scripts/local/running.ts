// The note that a running system leaves in its folder, so that the demo finds it and a second one does not start on the
// same data.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

/** What `npm start -- --json` prints. */
export const Addresses = z.object({
  api: z.string(),
  docs: z.string(),
  simulator: z.string(),
  mailbox: z.string(),
  operator: z.object({ email: z.string(), password: z.string(), totpSecret: z.string() }),
  partnerKey: z.string(),
});

export type Addresses = z.infer<typeof Addresses>;

const Note = Addresses.extend({ pid: z.int() });

export type Note = z.infer<typeof Note>;

const fileIn = (folder: string) => join(folder, "running.json");

export function writeNote(folder: string, note: Note): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(fileIn(folder), `${JSON.stringify(note, null, 2)}\n`, { mode: 0o600 });
}

/** Removes the note of this process, and nobody else's. */
export function removeNote(folder: string): void {
  if (readNote(folder)?.pid === process.pid) rmSync(fileIn(folder), { force: true });
}

/** The system that runs on a folder; null when none does, also when one died without saying so. */
export async function runningOn(folder: string): Promise<Note | null> {
  const note = readNote(folder);
  if (!note || !isAlive(note.pid)) return null;
  return (await answers(`${note.mailbox}?format=json`)) ? note : null;
}

/** Whether an address answers with success within two seconds. */
export async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

function readNote(folder: string): Note | null {
  if (!existsSync(fileIn(folder))) return null;
  try {
    return Note.safeParse(JSON.parse(readFileSync(fileIn(folder), "utf8"))).data ?? null;
  } catch (error) {
    // Half a note is the last word of a process that was killed while writing it.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
