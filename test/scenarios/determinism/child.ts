import { canonicalJson } from "../../../sim/world/trace.ts";
import { runFile } from "../catalogue.ts";

/** Asked by the parent: the hash of a file's trace, or its lines. */
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

async function reply({ file, want }: Question): Promise<void> {
  const { traceHash, trace } = await runFile(file);
  answer(want === "hash" ? { hash: traceHash } : { lines: (trace?.entries ?? []).map((entry) => canonicalJson(entry)) });
}
