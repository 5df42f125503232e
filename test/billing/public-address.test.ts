import { describe, expect, it } from "vitest";
import { isAddress, isLoopback, isPublicAddress } from "../../server/billing/public-address.ts";

describe("an address on the public internet may be sent to", () => {
  it.each([
    "1.1.1.1",
    "93.184.215.14",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "128.0.0.0",
    "169.253.255.255",
    "172.15.255.255",
    "172.32.0.0",
    "192.167.255.255",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "2606:4700:4700::1111",
    "[2606:4700:4700::1111]",
    "2a00:1450:4001:830::200e",
    "2001:200::1",
    "2606:4700:0:1:2:3:4:5",
    "2606:4700:1:2:3:4::8",
    "2606:4700::93.184.215.14",
    "2606:4700:1:2:3:4:93.184.215.14",
  ])("%s", (address) => expect(isPublicAddress(address)).toBe(true));
});

describe("any other may not", () => {
  it.each([
    ["this network", "0.0.0.0"],
    ["private", "10.0.0.1"],
    ["private, its last", "10.255.255.255"],
    ["shared by a carrier", "100.64.0.1"],
    ["shared by a carrier, its last", "100.127.255.255"],
    ["loopback", "127.0.0.1"],
    ["loopback, another", "127.8.9.10"],
    ["link-local", "169.254.0.1"],
    ["the cloud's metadata", "169.254.169.254"],
    ["private", "172.16.0.1"],
    ["private, its last", "172.31.255.255"],
    ["protocol assignments", "192.0.0.192"],
    ["documentation", "192.0.2.1"],
    ["a relay of 6to4", "192.88.99.1"],
    ["private", "192.168.1.1"],
    ["benchmarks", "198.19.255.255"],
    ["documentation", "198.51.100.7"],
    ["documentation", "203.0.113.7"],
    ["multicast", "224.0.0.1"],
    ["reserved", "240.0.0.1"],
    ["broadcast", "255.255.255.255"],
    ["unspecified", "::"],
    ["loopback", "::1"],
    ["loopback with brackets", "[::1]"],
    ["mapped loopback", "::ffff:127.0.0.1"],
    ["mapped loopback in hexadecimal", "::ffff:7f00:1"],
    ["mapped, though public", "::ffff:93.184.215.14"],
    ["IPv4-compatible", "::127.0.0.1"],
    ["translated", "64:ff9b::7f00:1"],
    ["locally translated", "64:ff9b:1::1"],
    ["unique local", "fc00::1"],
    ["unique local", "fd12:3456:789a::1"],
    ["the cloud's metadata", "fd00:ec2::254"],
    ["link-local", "fe80::1"],
    ["site-local", "fec0::1"],
    ["multicast", "ff02::1"],
    ["discarded", "100::1"],
    ["tunnelled (Teredo)", "2001:0:4136:e378:8000:63bf:3fff:fdd2"],
    ["tunnelled (6to4)", "2002:7f00:1::1"],
    ["documentation", "2001:db8::1"],
    ["documentation", "3fff:fff::1"],
    ["a name", "example.com"],
    ["nothing", ""],
    ["octal", "0177.0.0.1"],
    ["one number", "2130706433"],
    ["hexadecimal", "0x7f.0.0.1"],
    ["too many parts", "1.2.3.4.5"],
    ["a part too large", "1.2.3.256"],
    ["too few groups", "2606:4700"],
    ["too many groups", "1:2:3:4:5:6:7:8:9"],
    ["two gaps", "2606::1::2"],
    ["a gap of nothing", "2606:4700:1:2:3:4:5::8"],
    ["a bracket within", "2606[:4700::1]"],
    ["a port", "[2606:4700::1]:80"],
    ["a group too long", "2606:47000::1"],
    ["no digits before", "2606:4700::zz1"],
    ["no digits behind", "2606:4700::1zz"],
    ["a zone", "fe80::1%eth0"],
    ["no digits", "2606:4700::zz"],
  ])("%s: %s", (_what, address) => expect(isPublicAddress(address)).toBe(false));
});

describe("however an address is written, a URL's host is one that is refused", () => {
  it.each([
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0177.0.0.1/",
    "https://127.0.0.1./",
    "https://１２７.０.０.１/",
    "https://[::ffff:127.0.0.1]/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://169.254.169.254/latest/meta-data/",
  ])("%s", (url) => {
    const { hostname } = new URL(url);
    expect(isAddress(hostname)).toBe(true);
    expect(isPublicAddress(hostname)).toBe(false);
  });
});

it("a name is no address", () => {
  expect(["example.com", "127.0.0.1.example.com"].map(isAddress)).toEqual([false, false]);
});

it("loopback is this machine and nothing else", () => {
  const own = ["localhost", "127.0.0.1", "127.9.9.9", "127.10.20.30", "[::1]"];
  expect(own.filter(isLoopback)).toEqual(own);
  const others = ["localhost.example.com", "128.0.0.1", "[::2]", "127.0.0.1.example.com", "a127.0.0.1"];
  expect(others.filter(isLoopback)).toEqual([]);
});
