import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { envelopeId } from "../../../lib/model/envelope.ts";

/** Every entry below a folder as text: kind, mode, size and content of files; to compare before and after. Times are not part of it. */
export function treeOf(folder: string, prefix = ""): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const [path, name] = [join(folder, entry.name), `${prefix}${entry.name}`];
    const mode = statSync(path).mode.toString(8);
    if (entry.isDirectory()) Object.assign(found, { [`${name}/`]: mode }, treeOf(path, `${name}/`));
    else found[name] = entry.isFile() ? `${mode} ${createHash("sha256").update(readFileSync(path)).digest("hex")}` : `${mode} other`;
  }
  return found;
}

/** What a process that died in the middle of something may leave lying about. */
const LEFT_OVER = /(\.tmp|\.new|\.lock|\.conf|\.corrupt-\d+|control\.(sock|json)\.\d+)$/;

export function leftOvers(folder: string): string[] {
  return Object.keys(treeOf(folder)).filter((path) => LEFT_OVER.test(path));
}

/** Message ids that a demo peer's conversations recorded, of all its conversations, once per recording. */
export function recordedBy(root: string, peer: string): string[] {
  const folder = join(root, "peers", peer, ".iapeer/demo");
  if (!existsSync(folder)) return [];
  const conversations = readdirSync(folder).filter((name) => name.endsWith(".jsonl"));
  return conversations.flatMap((name) => {
    const lines = readFileSync(join(folder, name), "utf8").split("\n").filter(Boolean);
    const entries = lines.map((line) => JSON.parse(line) as { type: string; text: string });
    return entries.flatMap(({ type, text }) => (type === "user" ? (envelopeId(text) ?? []) : []));
  });
}

/** Texts of a peer's conversations, newest conversation last. */
export function repliesOf(root: string, peer: string): string[] {
  const folder = join(root, "peers", peer, ".iapeer/demo");
  const names = readdirSync(folder).filter((name) => name.endsWith(".jsonl"));
  const entries = names.flatMap((name) =>
    readFileSync(join(folder, name), "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { type: string; at: string; text: string }),
  );
  return entries
    .filter(({ type }) => type === "reply")
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .map(({ text }) => text);
}
