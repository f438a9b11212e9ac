import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { catalogueFiles } from "../catalogue.ts";
import type { Answer, Question } from "./child.ts";

/** Two processes in different places run the catalogue, one forwards and one backwards: nothing of either may show in a trace. */
const HERE = { TZ: "UTC", LANG: "C.UTF-8", LC_ALL: "C.UTF-8" };
const ELSEWHERE = { TZ: "Pacific/Chatham", LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8" };

const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill();
});

test("the traces of the catalogue are the same in every run, order, time zone and locale", { timeout: 300_000 }, async () => {
  const [here, elsewhere] = await Promise.all([start(HERE), start(ELSEWHERE)]);
  expect([here.zone, elsewhere.zone]).toEqual(["UTC", "Pacific/Chatham"]);
  expect(elsewhere.locale).toMatch(/^tr/);
  const files = catalogueFiles();
  const [forwards, backwards] = await Promise.all([hashes(here.child, files), hashes(elsewhere.child, files.toReversed())]);
  const differ = files.filter((file) => forwards.get(file) === null || forwards.get(file) !== backwards.get(file));
  const [first] = differ;
  const shown = first === undefined ? "" : await differenceOf(first, here.child, elsewhere.child);
  expect(differ, shown).toEqual([]);
  expect(new Set(forwards.values()).size, "different files have different traces").toBeGreaterThan(files.length / 2);
});

async function start(place: NodeJS.ProcessEnv): Promise<{ child: ChildProcess; zone: string; locale: string }> {
  const child = fork(fileURLToPath(new URL("./child.ts", import.meta.url)), { env: { ...process.env, ...place }, execArgv: [] });
  children.push(child);
  const answer = await next(child);
  if (!("zone" in answer)) throw new Error("the child says where it is first");
  return { child, zone: answer.zone, locale: answer.locale };
}

async function next(child: ChildProcess): Promise<Answer> {
  const settled = new AbortController();
  const { signal } = settled;
  try {
    const [answer] = (await Promise.race([once(child, "message", { signal }), once(child, "exit", { signal }).then(() => [null])])) as [
      Answer | null,
    ];
    if (answer === null) throw new Error("the child ended before it answered");
    return answer;
  } finally {
    settled.abort();
  }
}

async function hashes(child: ChildProcess, files: readonly string[]): Promise<Map<string, string | null>> {
  const found = new Map<string, string | null>();
  for (const file of files) {
    const answer = await ask(child, { file, want: "hash" });
    found.set(file, "hash" in answer ? answer.hash : null);
  }
  return found;
}

function ask(child: ChildProcess, question: Question): Promise<Answer> {
  child.send(question);
  return next(child);
}

/** The first line in which two runs of one file differ, with the one before it. */
async function differenceOf(file: string, one: ChildProcess, other: ChildProcess): Promise<string> {
  const [left, right] = await Promise.all([linesOf(one, file), linesOf(other, file)]);
  const at = left.findIndex((line, index) => line !== right[index]);
  const line = at === -1 && left.length !== right.length ? left.length : at;
  if (line === -1) return left.length === 0 ? `${file} did not run` : `${file} differs only after the files that ran before it`;
  return [
    `${file}, line ${line + 1}`,
    `  both:  ${left[line - 1] ?? ""}`,
    `  here:  ${left[line] ?? "(end)"}`,
    `  there: ${right[line] ?? "(end)"}`,
  ].join("\n");
}

async function linesOf(child: ChildProcess, file: string): Promise<readonly string[]> {
  const answer = await ask(child, { file, want: "lines" });
  return "lines" in answer ? answer.lines : [];
}
