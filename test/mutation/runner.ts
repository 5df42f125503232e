// Runs the tests of the billing rules for Stryker, all in the one process that has them loaded: a mutant is switched on
// and the tests that cover it run, the quickest first, until one fails. Vitest would start anew for each, which is
// seconds for thousands of mutants.
//
// What a test file works out as it loads is not worked out again for each mutant: only for one that no running test
// notices is everything loaded anew with the mutant switched on.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { registerHooks, stripTypeScriptTypes } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { INSTRUMENTER_CONSTANTS, type MutantCoverage } from "@stryker-mutator/api/core";
import {
  DryRunStatus,
  MutantRunStatus,
  TestStatus,
  type DryRunResult,
  type MutantRunOptions,
  type MutantRunResult,
  type TestResult,
  type TestRunner,
} from "@stryker-mutator/api/test-runner";
import type * as Harness from "./harness.ts";

/** What instrumented code reads and writes. */
interface Switchboard {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
  mutantCoverage?: MutantCoverage;
}

interface Loaded {
  readonly id: string;
  readonly name: string;
  readonly fileName: string;
  readonly run: () => unknown;
}

/** Left out: 3,000 histories for each mutant are minutes, and a rule should have a test of its own that says what it promises. */
const left = new Set(["machine.test.ts"]);

class InProcessRunner implements TestRunner {
  readonly #switches = switchboard();
  #tests = new Map<string, Loaded>();
  /** The test files in whose loading a mutant was met. */
  readonly #metInLoading = new Map<string, Set<string>>();
  /** Each source without its types, for the next loading. */
  readonly #sources = new Map<string, string>();
  /** How long each test takes by itself. */
  #spentMs: { [id: string]: number } = {};
  #generation = 0;

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init(): Promise<void> {
    process.env["SARRESID_MUTATION"] = "1";
    registerHooks({
      resolve: (specifier, context, next) => this.#resolve(specifier, context, next),
      load: (url, context, next) => this.#source(url) ?? next(url, context),
    });
    await this.#load(testFiles());
    // Of a process that was ended, since a mutant never came to an end.
    if (existsSync(timesFile)) this.#spentMs = JSON.parse(readFileSync(timesFile, "utf8"));
    for (const [test, mutants] of Object.entries(this.#coverage().perTest)) {
      for (const mutant of Object.keys(mutants)) {
        this.#metInLoading.set(mutant, (this.#metInLoading.get(mutant) ?? new Set()).add(test));
      }
    }
  }

  async dryRun(): Promise<DryRunResult> {
    const coverage = this.#coverage();
    coverage.perTest = {};
    const tests: TestResult[] = [];
    for (const test of this.#tests.values()) tests.push(await this.#tried(test));
    const { static: met } = structuredClone(coverage);
    await this.#assertRepeatable();
    coverage.static = met;
    for (const [mutant, files] of this.#metInLoading) {
      const isMet = Object.values(coverage.perTest).some((it) => mutant in it);
      if (isMet) continue;
      for (const { id, fileName } of this.#tests.values()) {
        if (files.has(fileName)) (coverage.perTest[id] ??= {})[mutant] = 1;
      }
    }
    writeFileSync(timesFile, JSON.stringify(this.#spentMs));
    return { status: DryRunStatus.Complete, tests, mutantCoverage: structuredClone(coverage) };
  }

  /** What a test keeps of its first run would make it tell falsely of every mutant after the first. */
  async #assertRepeatable(): Promise<void> {
    for (const test of this.#tests.values()) {
      const failure = await failureOf(test);
      if (failure !== null) throw new Error(`${test.id} passes only once: ${failure}`);
    }
  }

  async #tried(test: Loaded): Promise<TestResult> {
    const { id, name, fileName } = test;
    this.#switches.currentTestId = id;
    const startedAt = performance.now();
    const failure = await failureOf(test);
    this.#switches.currentTestId = undefined;
    const timeSpentMs = performance.now() - startedAt;
    this.#spentMs[id] = timeSpentMs;
    const result = { id, name, fileName, timeSpentMs };
    if (failure === null) return { ...result, status: TestStatus.Success };
    return { ...result, status: TestStatus.Failed, failureMessage: failure };
  }

  async mutantRun({
    activeMutant,
    testFilter,
    hitLimit,
    mutantActivation,
  }: MutantRunOptions): Promise<MutantRunResult> {
    const switches = this.#switches;
    switches.hitCount = hitLimit === undefined ? undefined : 0;
    switches.hitLimit = hitLimit;
    const asked = testFilter ? new Set(testFilter) : null;
    try {
      const mayWait = mutantActivation === "runtime";
      const result = mayWait ? await this.#runUnder(activeMutant.id, asked) : null;
      const files = this.#metInLoading.get(activeMutant.id);
      if (result && (result.status !== MutantRunStatus.Survived || !files)) return result;
      return await this.#runLoadedUnder(activeMutant.id, mayWait && files ? files : null);
    } finally {
      switches.activeMutant = undefined;
      switches.hitCount = undefined;
      switches.hitLimit = undefined;
    }
  }

  /** Everything anew with the mutant switched on; a file that does not even load has noticed it. */
  async #runLoadedUnder(mutant: string, files: ReadonlySet<string> | null): Promise<MutantRunResult> {
    const before = this.#tests;
    this.#switches.activeMutant = mutant;
    try {
      await this.#load(testFiles().filter((it) => files?.has(it) ?? true));
      return await this.#runUnder(mutant, null);
    } catch (error) {
      return {
        status: MutantRunStatus.Killed,
        killedBy: [...before.keys()].slice(0, 1),
        failureMessage: String(error),
        nrOfTests: 1,
      };
    } finally {
      this.#tests = before;
    }
  }

  async #runUnder(mutant: string, asked: ReadonlySet<string> | null): Promise<MutantRunResult> {
    this.#switches.activeMutant = mutant;
    const tests = [...this.#tests.values()].filter(({ id }) => asked === null || asked.has(id));
    let nrOfTests = 0;
    const spentOn = ({ id }: Loaded) => this.#spentMs[id] ?? 0;
    for (const test of tests.toSorted((a, b) => spentOn(a) - spentOn(b))) {
      nrOfTests++;
      const failure = await failureOf(test);
      if (this.#isOverHitLimit()) return { status: MutantRunStatus.Timeout, reason: "Hit limit reached" };
      if (failure === null) continue;
      return { status: MutantRunStatus.Killed, killedBy: [test.id], failureMessage: failure, nrOfTests };
    }
    return { status: MutantRunStatus.Survived, nrOfTests };
  }

  #isOverHitLimit(): boolean {
    const { hitCount, hitLimit } = this.#switches;
    return hitCount !== undefined && hitLimit !== undefined && hitCount > hitLimit;
  }

  #coverage(): MutantCoverage {
    return (this.#switches.mutantCoverage ??= { static: {}, perTest: {} });
  }

  /** The rules first, so that what they do as they load is told from what a test file does. */
  async #load(files: readonly string[]): Promise<void> {
    this.#generation++;
    const tests = new Map<string, Loaded>();
    for (const file of filesIn("server/billing")) await import(pathToFileURL(file).href);
    const harness: typeof Harness = await import(pathToFileURL(resolve("test/mutation/harness.ts")).href);
    for (const fileName of files) {
      this.#switches.currentTestId = fileName;
      await import(pathToFileURL(fileName).href);
      this.#switches.currentTestId = undefined;
      for (const { name, run } of harness.takeTests()) {
        const id = `${fileName.slice(process.cwd().length + 1)} ${name}`;
        tests.set(id, { id, name, fileName, run });
      }
    }
    this.#tests = tests;
  }

  /** Tests are given the harness for vitest; and each loading has its own copy of the rules and their tests. */
  #resolve(...[specifier, context, next]: Parameters<Resolving>): ReturnType<Resolving> {
    const isOfHarness = context.parentURL?.includes("/test/mutation/harness.ts") ?? false;
    const isTests = specifier === "vitest" && !isOfHarness;
    const found = isTests
      ? next(pathToFileURL(resolve("test/mutation/harness.ts")).href, context)
      : next(specifier, context);
    return isReloaded(found.url) ? { ...found, url: `${found.url.split("?")[0]}?${this.#generation}` } : found;
  }

  #source(url: string) {
    if (!isReloaded(url)) return undefined;
    const path = fileURLToPath(url.split("?")[0] ?? url);
    const known = this.#sources.get(path) ?? stripTypeScriptTypes(readFileSync(path, "utf8"));
    this.#sources.set(path, known);
    return { format: "module", source: known, shortCircuit: true } as const;
  }
}

/** In Stryker's own copy of the code. */
const timesFile = "times.json";

const testFiles = () => filesIn("test/billing").filter((it) => it.endsWith(".test.ts"));

type Resolving = NonNullable<NonNullable<Parameters<typeof registerHooks>[0]>["resolve"]>;

function isReloaded(url: string): boolean {
  return /\/(server\/billing|test)\//.test(url) && !url.includes("/node_modules/");
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(resolve(folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !left.has(name))
    .toSorted()
    .map((name) => join(resolve(folder), name));
}

async function failureOf({ run }: Loaded): Promise<string | null> {
  try {
    await run();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The instrumented code's own global, which nothing else has. */
function switchboard(): Switchboard {
  const global = globalThis as unknown as Record<string, Switchboard | undefined>;
  return (global[INSTRUMENTER_CONSTANTS.NAMESPACE] ??= {});
}

export const strykerPlugins = [{ kind: "TestRunner", name: "in-process", injectableClass: InProcessRunner }];
