// One file for a thread, made of the sources with edits made while they are read; and the migrations, edited the same way.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { build, type Plugin } from "esbuild";
import { editedFile, type Edit } from "./sabotage.ts";

const root = join(import.meta.dirname, "../..");
/** Libraries of ours are all ECMAScript modules but for some, which still ask for `require`. */
const banner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

const entries = { simulation: "test/sabotage/live.ts", model: "test/sabotage/walk.ts" } as const;

export interface Sabotaged {
  /** A thread's whole program. */
  readonly file: string;
  /** The folder of the migrations. */
  readonly migrations: string;
  readonly remove: () => void;
}

/** Bundles a thread with edits. Throws `GuardMoved`, or an Error when an edit is about a file that the thread lacks. */
export async function sabotagedThread(by: keyof typeof entries, edits: readonly Edit[]): Promise<Sabotaged> {
  const folder = mkdtempSync(join(tmpdir(), "sarresid-sabotage-"));
  const remove = () => rmSync(folder, { recursive: true });
  const file = join(folder, "thread.mjs");
  try {
    for (const name of readdirSync(join(root, "migrations")).filter((name) => name.endsWith(".sql"))) {
      const text = readFileSync(join(root, "migrations", name), "utf8");
      writeFileSync(join(folder, name), editedFile(`migrations/${name}`, text, edits));
    }
    const unread = new Set(edits.map((edit) => edit.file).filter((name) => !name.startsWith("migrations/")));
    await build({
      entryPoints: [join(root, entries[by])],
      outfile: file,
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node24",
      banner: { js: banner },
      tsconfig: join(root, "tsconfig.json"),
      absWorkingDir: root,
      logLevel: "silent",
      plugins: [editing(edits, unread)],
    });
    if (unread.size > 0) throw new Error(`The ${by} does not read ${[...unread].join(", ")}`);
  } catch (error) {
    remove();
    throw error;
  }
  return { file, migrations: folder, remove };
}

function editing(edits: readonly Edit[], unread: Set<string>): Plugin {
  const files = new Set(unread);
  return {
    name: "edits",
    setup: (building) =>
      building.onLoad({ filter: /\/server\/.*\.tsx?$/ }, ({ path }) => {
        const file = relative(root, path);
        if (!files.has(file)) return undefined;
        unread.delete(file);
        const contents = editedFile(file, readFileSync(path, "utf8"), edits);
        return { contents, loader: path.endsWith("x") ? "tsx" : "ts" };
      }),
  };
}
