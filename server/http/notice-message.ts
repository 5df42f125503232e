// A notice as it is handed to a provider: in both languages, and under an id that is always the same, so that a provider who
// heeds it sends nothing twice either.
import type { Notice, NoticeChannel } from "../../contract/notification.ts";
import { noticeText } from "../text/notices.ts";
import type { Message } from "./messenger.ts";

interface Told {
  readonly id: string;
  readonly channel: NoticeChannel;
  /** A mail address or a mobile number. */
  readonly to: string;
  readonly notice: Notice;
  /** What the notice's invoice still owes; 0 where it has none. */
  readonly dueRials: number;
  readonly publicUrl: string;
}

export function noticeMessage({ id, channel, to, notice, dueRials, publicUrl }: Told): Message {
  const { subject, text, hasLink = false } = noticeText(notice, dueRials);
  const link = hasLink && "invoiceId" in notice.data ? `${publicUrl}/v1/pay/${notice.data.invoiceId}\n` : "";
  return {
    id,
    channel,
    to,
    subject: `سررسید: ${subject.fa} · ${subject.en}`,
    text: `${text.fa}\n${text.en}\n${link}`,
  };
}
