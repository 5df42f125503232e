// Ports on this machine: whether one is free, and which one is.
import { createServer, type AddressInfo } from "node:net";
import { host } from "./settings.ts";

/** Whether nobody listens on a port. */
export async function isFree(port: number): Promise<boolean> {
  return (await boundTo(port)) !== null;
}

/** The first of these ports that is free, else any that is. */
export async function freePort(...wanted: readonly number[]): Promise<number> {
  for (const port of wanted) if (await isFree(port)) return port;
  const port = await boundTo(0);
  if (port === null) throw new Error("No port is free");
  return port;
}

/** Binds a port for a moment; answers which, or null when somebody has it. */
function boundTo(wanted: number): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error) => {
      if ("code" in error && (error.code === "EADDRINUSE" || error.code === "EACCES")) resolve(null);
      else reject(error);
    });
    server.listen({ port: wanted, host, exclusive: true }, () => {
      const { port } = addressOf(server.address());
      server.close(() => resolve(port));
    });
  });
}

/** A TCP server's address is an object; only one on a pipe has a string. */
function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === "string") throw new Error("This server listens on no port");
  return address;
}
