// Messages as each provider wants them, and what its answers mean.
import { describe, expect, it } from "vitest";
import { createMessenger, MessageRefused, type Message } from "../../server/http/messenger.ts";
import type { ProviderSettings } from "../../server/http/provider.ts";

const mailbox = { url: "http://127.0.0.1:8791/messages", token: "local" };
const email = { url: "https://mail.example/emails", token: "mail-token", from: "Sarresid <no-reply@sarresid.example>" };
const kavenegar = { url: "https://sms.example", apiKey: "key/1", sender: "10004346" };

const mail: Message = {
  id: "evt_1:payment_link:email",
  channel: "email",
  to: "sara@example.com",
  subject: "S",
  text: "متن",
};
const sms: Message = { id: "evt_1:payment_link:sms", channel: "sms", to: "09121234567", subject: "S", text: "متن" };

/** Sends one message, and gives back what the provider was asked. */
async function asked(settings: Partial<ProviderSettings>, message: Message, status = 200) {
  const requests: { url: string; headers: Headers; body: string }[] = [];
  const messenger = createMessenger({ mailbox, email: null, kavenegar: null, ...settings }, async (request) => {
    requests.push({ url: request.url, headers: request.headers, body: await request.text() });
    return new Response("{}", { status });
  });
  await messenger.send(message);
  const [request] = requests;
  if (!request || requests.length > 1) throw new Error(`${requests.length} requests`);
  return request;
}

describe("a message", () => {
  it.each([mail, sms])("goes to the one endpoint as it is where no provider is set: $channel", async (message) => {
    const { url, headers, body } = await asked({}, message);
    expect([url, headers.get("authorization"), JSON.parse(body)]).toEqual([mailbox.url, "Bearer local", message]);
  });

  it("by mail is JSON with the sender, under a key by which the provider knows a repetition", async () => {
    const { url, headers, body } = await asked({ email, kavenegar }, mail);
    expect([url, headers.get("authorization")]).toEqual([email.url, "Bearer mail-token"]);
    expect(headers.get("idempotency-key")).toBe(mail.id);
    expect(JSON.parse(body)).toEqual({ from: email.from, to: [mail.to], subject: "S", text: "متن" });
  });

  it("by Kavenegar is a form at the key's address, with a number of its own for each message", async () => {
    const { url, headers, body } = await asked({ email, kavenegar }, sms);
    expect(url).toBe("https://sms.example/v1/key%2F1/sms/send.json");
    expect(headers.get("content-type")).toBe("application/x-www-form-urlencoded");
    const fields = Object.fromEntries(new URLSearchParams(body));
    expect(fields).toEqual({ receptor: sms.to, sender: "10004346", message: "متن", localid: fields["localid"] });
    const idOf = async (id: string) =>
      new URLSearchParams((await asked({ kavenegar }, { ...sms, id })).body).get("localid");
    expect(fields["localid"]).toMatch(/^\d{1,16}$/);
    expect(await idOf("evt_1:payment_link:sms")).toBe(fields["localid"]);
    expect(await idOf("evt_2:payment_link:sms")).not.toBe(fields["localid"]);
    const { id: _, ...code } = sms;
    expect(new URLSearchParams((await asked({ kavenegar }, code)).body).has("localid")).toBe(false);
  });

  it.each([400, 401, 402, 418, 429])(
    "that the provider answers with %d was not taken, and may be sent again",
    async (status) => {
      await expect(asked({ kavenegar }, sms, status)).rejects.toBeInstanceOf(MessageRefused);
    },
  );

  it.each([500, 502, 504])("that the provider answers with %d may have gone out: nobody knows", async (status) => {
    const sent = asked({ kavenegar }, sms, status);
    await expect(sent).rejects.toThrow(`answered ${status}`);
    await expect(sent).rejects.not.toBeInstanceOf(MessageRefused);
  });

  it("that fails says neither to whom nor by which key", async () => {
    const failed = await asked({ kavenegar }, sms, 500).catch((error: unknown) => String(error));
    expect(failed).not.toMatch(/0912|key/);
  });
});
