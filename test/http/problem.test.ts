// `/problems/{code}`: the `type` of every problem leads to what it means.
import { initContract } from "@ts-rest/core";
import { expect, test } from "vitest";
import { problems } from "../../contract/common/problem.ts";
import { createShell } from "../../server/http/shell.ts";
import { peopleDeps } from "../support/people.ts";

const app = createShell(peopleDeps(), {
  contract: initContract().router({}),
  handlers: {},
  judge: async () => ({ refused: "forbidden" }),
});

test.each(Object.entries(problems))("%s is explained to programs and to people", async (code, { status, title }) => {
  expect(await (await app.request(`/problems/${code}`)).json()).toMatchObject({ code, status, title });
  const page = await app.request(`/problems/${code}`, { headers: { accept: "text/html" } });
  expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(await page.text()).toContain(`<code>${code}</code>`);
});

test("404 for a code that nobody ever answered", async () => {
  for (const code of ["teapot", "constructor", "__proto__"]) {
    expect((await app.request(`/problems/${code}`)).status).toBe(404);
  }
});
