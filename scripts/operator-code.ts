// npm run operator:code: the code with which the operator of the system on this machine signs in now.
import { runningOn } from "./local/running.ts";
import { localSettings } from "./local/settings.ts";
import { codeOf } from "./local/totp.ts";

const running = await runningOn(localSettings().folder);
if (running) console.log(await codeOf(running.operator.totpSecret));
else {
  console.error("No system runs on this machine: npm start.");
  process.exitCode = 1;
}
