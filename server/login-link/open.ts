// The button of a login link: uses it up, signs the customer in, and leads back to the partner. The link is used up first:
// whoever dies in between asks for another one, and none is good twice.
import { contract } from "../../contract/index.ts";
import { decideSignIn } from "../billing/customer.ts";
import { isRejection } from "../billing/rejection.ts";
import { randomText, startSession } from "../http/auth/session-cookie.ts";
import { publicly, refused } from "../http/handler.ts";
import { noticePage } from "../page/notice.tsx";
import { onwardPage } from "../page/sign-in.tsx";
import { atHome } from "../store/databases.ts";
import { linkedUser, useLink } from "../store/login-links.ts";
import { transact } from "../store/transact.ts";
import { textsOf } from "../text/languages.ts";
import { triedBy, usableLink, whereLinked } from "./link.ts";

export const openLoginLink = publicly.route(contract.loginLinks.open, async ({ params }, context) => {
  const { request, responseHeaders } = context;
  const deps = whereLinked(context.deps, params.loginToken);
  const texts = textsOf(request.headers);
  const unusable = { status: 200, body: noticePage(texts, texts.signInPage.unusable) } as const;
  if (!(await usableLink(deps, params.loginToken))) return unusable;
  const link = await useLink(deps.db, await triedBy(deps, params.loginToken));
  if (!link) return unusable;
  const { customerId, partnerKeyId } = link;
  const userId = await linkedUser(atHome(deps).db, { customerId, userId: randomText(deps), at: deps.wall() });
  if (userId === null) return unusable;
  const slice = await transact<never>(deps, {
    customerId,
    actor: `user:${userId}`,
    decide: () => decideSignIn({ userId, partnerKeyId }),
  });
  if (isRejection(slice)) return refused(context, slice);
  for (const cookie of await startSession(atHome(deps), userId)) responseHeaders.append("set-cookie", cookie);
  return { status: 200, body: onwardPage(texts, link) };
});
