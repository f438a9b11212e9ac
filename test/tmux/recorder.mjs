// A raw-mode agent: asks for bracketed paste, writes what it was started with, then every byte it is sent, into the folder RECORD.
import { appendFileSync, writeFileSync } from "node:fs";

const folder = process.env.RECORD;
writeFileSync(
  `${folder}/start.json`,
  JSON.stringify({ argv: process.argv.slice(2), env: process.env, cwd: process.cwd(), pid: process.pid }),
);
process.stdin.setRawMode?.(true);
process.stdin.on("data", (bytes) => appendFileSync(`${folder}/bytes`, bytes));
process.stdout.write("\u001b[?2004h\u001b]2;\u2733 a title\u0007line one   \r\n\u276f\u00a0");
writeFileSync(`${folder}/up`, "");
