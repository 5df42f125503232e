// Where a local system's mails and text messages arrive: in memory, on this machine, shown at /dev/mailbox.
import { timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import * as z from "zod";
import { mailboxPage } from "./mailbox-page.ts";
import { host } from "./settings.ts";

const Message = z.object({
  channel: z.enum(["email", "sms"]),
  to: z.string().max(320),
  subject: z.string().max(1_000),
  text: z.string().max(20_000),
});

const Mail = Message.extend({ at: z.iso.datetime() });

export type Mail = z.infer<typeof Mail>;

/** What the mailbox answers to who asks for JSON: newest first. */
export const Mails = z.array(Mail);

export const mailboxPath = "/dev/mailbox";

const keptMails = 500;
const maxBodyBytes = 64 * 1024;

/** Opens a mailbox that takes messages sent with this bearer token; rejects when the port is taken. */
export function openMailbox(port: number, token: string): Promise<Server> {
  const mails: Mail[] = [];
  const server = createServer((request, response) => {
    answer(mails, token, request, response).catch((error: unknown) => {
      console.error("The mailbox failed:", error);
      send(response, 500, { message: "The mailbox failed" });
    });
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => resolve(server));
  });
}

async function answer(mails: Mail[], token: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? "/", `http://${host}`);
  if (pathname === "/messages" && request.method === "POST") return take(mails, token, request, response);
  if (pathname === "/") return void response.writeHead(302, { location: mailboxPath }).end();
  if (pathname !== mailboxPath || request.method !== "GET") return send(response, 404, { message: "Not found" });
  const to = searchParams.get("to");
  const shown = to === null ? mails : mails.filter((mail) => mail.to === to);
  const isJson = searchParams.get("format") === "json" || /\bapplication\/json\b/.test(request.headers.accept ?? "");
  if (isJson) return send(response, 200, shown);
  const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
  const headers = { "content-type": "text/html; charset=utf-8", "content-security-policy": policy };
  response.writeHead(200, { ...headers, "cache-control": "no-store" }).end(mailboxPage(shown));
}

async function take(mails: Mail[], token: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!isSame(request.headers.authorization ?? "", `Bearer ${token}`)) {
    return send(response, 401, { message: "Wrong token" });
  }
  const message = Message.safeParse(await bodyOf(request));
  if (!message.success) return send(response, 422, { message: z.prettifyError(message.error) });
  mails.unshift({ ...message.data, at: new Date().toISOString() });
  mails.splice(keptMails);
  send(response, 202, { message: "Delivered" });
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) {
    text += String(chunk);
    if (text.length > maxBodyBytes) return null;
  }
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isSame(given: string, wanted: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(wanted)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(JSON.stringify(body));
}
