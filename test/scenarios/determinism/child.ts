import { createHash } from "node:crypto";
import { linesOf } from "../../../sim/runner/twice.ts";
import { runFile } from "../catalogue.ts";

/** Asked by the parent: the hash of a file's trace and spans, or their lines. */
export interface Question {
  readonly file: string;
  readonly want: "hash" | "lines";
}

/** Where the process believes to be, first; then one answer for each question, in their order. */
export type Answer =
  | { readonly zone: string; readonly locale: string }
  | { readonly hash: string | null }
  | { readonly lines: readonly string[] };

const answer = (text: Answer): void => void process.send?.(text);

if (process.send !== undefined) {
  let queue = Promise.resolve();
  process.on("message", (question: Question) => {
    queue = queue.then(() => reply(question));
  });
  const { timeZone, locale } = Intl.DateTimeFormat().resolvedOptions();
  answer({ zone: timeZone, locale });
}

/** Spans are compared as well: their ids, times and links. */
async function reply({ file, want }: Question): Promise<void> {
  const result = await runFile(file, true);
  const lines = linesOf(result).map(({ text }) => text());
  const hash = result.trace === null ? null : createHash("sha256").update(lines.join("\n")).digest("hex");
  answer(want === "hash" ? { hash } : { lines });
}
