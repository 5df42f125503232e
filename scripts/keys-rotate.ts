// npm run keys:rotate: seals what stands under an old key under the first one of SEALING_KEYS, on the system of this machine
// or on one elsewhere.
import { rotate, rotationText, RotationStopped } from "./key-rotation/rotate.ts";
import { askAs, findTarget, signInOperator, targetHelp } from "./local/operator.ts";
import { SettingError } from "./local/settings.ts";

const help = `npm run keys:rotate
  Seals everything anew that stands under an old key; docs/deploy.md says when. Safe to end and to repeat.
  ${targetHelp}`;

async function main(): Promise<void> {
  if (process.argv.includes("--help")) return console.log(help);
  const target = await findTarget(process.env);
  const session = { api: target.api, token: await signInOperator(target) };
  const rotated = await rotate({
    ask: (asked) => askAs(session, asked),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    progress: tellProgress,
  });
  if (process.stderr.isTTY) process.stderr.write("\n");
  console.log(rotationText(rotated));
  if (rotated.rotation.left.length > 0) process.exitCode = 1;
}

function tellProgress(resealed: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${resealed} texts`);
}

main().catch((error: unknown) => {
  const isSaid = error instanceof SettingError || error instanceof RotationStopped;
  console.error(isSaid ? error.message : error);
  if (error instanceof RotationStopped) console.error("What was sealed anew stays so; run it again to go on.");
  process.exitCode = 1;
});
