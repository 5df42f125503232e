// What a version owes to what has changed, by semantic versioning.
import type { Change } from "./change.ts";

interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/** Example: `1.2.0`. Throws for anything else. */
export function versionIn(text: string): Version {
  const [, major, minor, patch] = /^(\d+)\.(\d+)\.(\d+)$/.exec(text) ?? [];
  if (major === undefined || minor === undefined || patch === undefined) throw new Error(`${text} is no version`);
  return { major: Number(major), minor: Number(minor), patch: Number(patch) };
}

/** Below zero when the first is older. */
export function compareVersions(one: string, other: string): number {
  const [a, b] = [versionIn(one), versionIn(other)];
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch;
}

/**
 * Why this version is too small for these changes since the released one; null when it is not. A breaking change wants
 * the next major version, an additive one the next minor.
 */
export function tooSmall(released: string, current: string, changes: readonly Change[]): string | null {
  const [from, to] = [versionIn(released), versionIn(current)];
  const isBreaking = changes.some(({ weight }) => weight === "breaking");
  if (compareVersions(current, released) < 0) return `${current} is older than ${released}`;
  if (isBreaking && to.major <= from.major)
    return `${current} breaks clients of ${released}: it must be ${from.major + 1}.0.0`;
  const isLarger = to.major > from.major || to.minor > from.minor;
  if (changes.length > 0 && !isLarger)
    return `${current} has more than ${released}: it must be ${from.major}.${from.minor + 1}.0`;
  return null;
}
