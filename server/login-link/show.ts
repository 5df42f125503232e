import { contract } from "../../contract/index.ts";
import { publicly } from "../http/handler.ts";
import { signInPage } from "../page/sign-in.tsx";
import { noticePage } from "../page/notice.tsx";
import { textsOf } from "../text/languages.ts";
import { usableLink, whereLinked } from "./link.ts";

export const showLoginLink = publicly.route(contract.loginLinks.show, async ({ params }, context) => {
  const { request } = context;
  const deps = whereLinked(context.deps, params.loginToken);
  const texts = textsOf(request.headers);
  const link = await usableLink(deps, params.loginToken);
  return { status: 200, body: link ? signInPage(texts, link) : noticePage(texts, texts.signInPage.unusable) };
});
