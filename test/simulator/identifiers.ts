// Names the gateway gives away: authorities, agreement names, signatures, reference numbers. All from the injected
// randomness, so that a seed replays them.

import type { Desk } from "./state.ts";

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const hex = "0123456789abcdef";

/** `A` (or `S` in the sandbox), zeros, 8 random characters: 36 in all (§2.1). */
export function newAuthority(desk: Desk): string {
  const prefix = desk.settings.sandbox ? "S" : "A";
  return unused(desk.state.sessions, () => prefix + randomText(desk, base62, 8).padStart(35, "0"));
}

export function newPaymanAuthority(desk: Desk): string {
  return unused(desk.state.contracts, () => `payman_${randomText(desk, base62, 8)}`);
}

/** An opaque blob as Laravel's encrypter makes it: base64 of JSON with iv, value, mac (§5.5). */
export function newSignature(desk: Desk): string {
  const bytes = (desk.settings.signatureLength / 4) * 3;
  const iv = randomText(desk, base62, 24);
  const mac = randomText(desk, hex, 64);
  const value = randomText(desk, base62, bytes - JSON.stringify({ iv, value: "", mac }).length);
  return btoa(JSON.stringify({ iv, value, mac }));
}

/** Grows with time as well as with use: a gateway that has forgotten everything still gives no reference twice. */
export function nextRefId(desk: Desk): number {
  desk.state.lastRefId = Math.max(desk.state.lastRefId + 1, Math.floor(desk.now / 100));
  return desk.state.lastRefId;
}

function randomText(desk: Desk, alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet.charAt(Math.floor(desk.random() * alphabet.length))).join("");
}

function unused(taken: ReadonlyMap<string, unknown>, make: () => string): string {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const name = make();
    if (!taken.has(name)) return name;
  }
  throw new Error("a hundred random names were all taken: the injected randomness repeats itself");
}
