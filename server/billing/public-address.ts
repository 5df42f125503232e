// Which network addresses belong to the public internet. A partner names the address that we send to, so that everything
// else (this machine, its network, the cloud's metadata service) must be out of reach, however it is written.

/** An IPv4 range: its first address and how many leading bits count. */
type Range = readonly [first: string, bits: number];

/** IANA's special-purpose IPv4 addresses, multicast and what is reserved (RFC 6890 and its registry). */
const notPublic4: readonly Range[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  // Link-local, and with 169.254.169.254 the metadata service of most clouds.
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];

/** Within 2000::/3, the only IPv6 addresses given out: documentation, and those that carry an IPv4 address. */
const notPublic6: readonly Range[] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
];

/**
 * Whether an address may be sent to. Takes IPv4 as four decimal numbers and IPv6 in any of its forms, with or without
 * brackets; anything else is not public. Mapped, translated and tunnelled IPv4 addresses never are: nobody's name leads
 * to one honestly. Example: `93.184.215.14` is, `169.254.169.254` and `::ffff:93.184.215.14` are not.
 */
export function isPublicAddress(address: string): boolean {
  const bare = address.replace(/^\[(.*)\]$/, "$1");
  const v4 = bitsOf4(bare);
  if (v4 !== null) return !notPublic4.some((range) => isWithin(v4, range, bitsOf4));
  const v6 = bitsOf6(bare);
  if (v6 === null || !v6.startsWith("001")) return false;
  return !notPublic6.some((range) => isWithin(v6, range, bitsOf6));
}

/** Whether a host is an address rather than a name, as `URL` writes hosts. Example: `127.0.0.1` and `[::1]`. */
export function isAddress(host: string): boolean {
  return host.startsWith("[") || bitsOf4(host) !== null;
}

/** Whether a host is this very machine. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function isWithin(address: string, [first, count]: Range, bitsOf: (text: string) => string | null): boolean {
  return address.slice(0, count) === bitsOf(first)?.slice(0, count);
}

function bits(value: number, count: number): string {
  return value.toString(2).padStart(count, "0");
}

function bitsOf4(text: string): string | null {
  const parts = text.split(".");
  const isWhole = parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
  return isWhole ? parts.map((part) => bits(Number(part), 8)).join("") : null;
}

function bitsOf6(text: string): string | null {
  const halves = text.split("::").map(groupsOf);
  const [head, tail] = halves;
  if (!head || halves.length > 2) return null;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (tail ? missing < 1 : missing !== 0) return null;
  const groups = [...head, ...Array.from({ length: missing }, () => "0"), ...(tail ?? [])];
  const isWhole = groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group));
  return isWhole ? groups.map((group) => bits(Number.parseInt(group, 16), 16)).join("") : null;
}

/** The groups of one side of `::`; an IPv4 address at the end is two of them. */
function groupsOf(side: string): readonly string[] {
  if (side === "") return [];
  return side.split(":").flatMap((group) => {
    const v4 = bitsOf4(group);
    if (v4 === null) return [group];
    return [v4.slice(0, 16), v4.slice(16)].map((half) => Number.parseInt(half, 2).toString(16));
  });
}
