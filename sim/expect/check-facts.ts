import type { Expectation, FileExpectation, Located, Place } from "../language/scenario.ts";
import type { World } from "../world/api.ts";
import { jsonDifference } from "./match-json.ts";
import { matchesRecord, matchesValue, nearness, partialText } from "./match-record.ts";

/** One fact that is not as expected. */
export interface Finding {
  readonly part: string;
  readonly place: Place;
  readonly headline: string;
  readonly expected: string;
  readonly got: string;
  /** The peer it is about, where it is about one. */
  readonly peer?: string;
}

type Facts = ReadonlyMap<string, ReadonlyMap<string, Located<unknown>>>;

/** `peers: { scout: { state: asleep } }`. */
export async function checkPeers(world: World, expected: Facts): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [peer, facts] of expected) {
    const view = await world.peer(peer);
    for (const [key, { value, place }] of facts) {
      const actual = view[key as keyof typeof view];
      if (matchesFact(value, actual)) continue;
      findings.push({
        part: `peers.${peer}.${key}`,
        place,
        headline: `${key} of ${peer} is not as expected`,
        ...pair(value, actual),
        peer,
      });
    }
  }
  return findings;
}

/** `sender: { first: { stage: landed, woke: true } }`. */
export function checkSenders(world: World, expected: Facts): Finding[] {
  const findings: Finding[] = [];
  for (const [name, facts] of expected) {
    const receipt = latestReceipt(world, name);
    for (const [key, { value, place }] of facts) {
      if (receipt !== null && matchesFact(value, receipt[key])) continue;
      const told = receipt === null ? { expected: text(value), got: "it was never sent" } : pair(value, receipt[key]);
      findings.push({ part: `sender.${name}.${key}`, place, headline: `the sender of ${name} was told something else`, ...told });
    }
  }
  return findings;
}

/** What the sender knows if it asks now: a daemon that died may have changed the stage without telling anybody. */
function latestReceipt(world: World, name: string): Readonly<Record<string, unknown>> | null {
  const heard = world.receipt(name);
  return heard === null ? null : { ...heard, ...world.daemon()?.receipt(heard.id) };
}

/** `delivered: { scout: [first, second] }`. */
export function checkDelivered(world: World, expected: Expectation["delivered"]): Finding[] {
  return [...expected].flatMap(([peer, { value, place }]) => {
    const actual = world.delivered(peer);
    if (matchesFact(value, actual)) return [];
    return [{ part: `delivered.${peer}`, place, headline: `other messages landed in ${peer}`, ...pair(value, actual), peer }];
  });
}

/** `files: { state/lifecycle/claude-scout.stopped: absent }`; a path with `*` means: any that matches. */
export function checkFiles(world: World, expected: Expectation["files"]): Finding[] {
  return [...expected].flatMap(([path, { value, place }]) => {
    const paths = /[*?{]/.test(path) ? world.files(path) : [path];
    const contents = paths.map((one) => world.file(one)).filter((content) => content !== null);
    const wrong = fileDifference(value, contents);
    if (wrong === null) return [];
    return [{ part: `files.${path}`, place, headline: `the file is not as expected`, expected: fileText(value), got: wrong }];
  });
}

function fileDifference(expected: FileExpectation, contents: readonly string[]): string | null {
  const [content] = contents;
  if (expected === "absent") return content === undefined ? null : `present: ${excerpt(content)}`;
  if (content === undefined) return "absent";
  if (expected === "present") return null;
  const wrong = contents.map((one) => contentDifference(expected, one));
  return wrong.includes(null) ? null : (wrong[0] ?? null);
}

function contentDifference(expected: Exclude<FileExpectation, string>, content: string): string | null {
  if ("text" in expected) return content.replace(/\n$/, "") === expected.text.replace(/\n$/, "") ? null : excerpt(content);
  if ("matches" in expected) return matchesValue(expected.matches, content) ? null : excerpt(content);
  try {
    return jsonDifference(expected.json, JSON.parse(content));
  } catch {
    return `no JSON: ${excerpt(content)}`;
  }
}

function fileText(expected: FileExpectation): string {
  if (typeof expected === "string") return expected;
  if ("text" in expected) return `text ${JSON.stringify(expected.text)}`;
  return "matches" in expected ? `matches ${expected.matches}` : `json ${JSON.stringify(expected.json)}`;
}

function excerpt(content: string): string {
  const shown = JSON.stringify(content);
  return shown.length > 160 ? `${shown.slice(0, 159)}…` : shown;
}

/** `notices: [{ kind: crash-loop }]`: each was raised at least once. */
export function checkNotices(world: World, expected: Expectation["notices"]): Finding[] {
  const raised = world.truth.notices.map((notice) => ({ ...notice }) as Readonly<Record<string, unknown>>);
  return expected.flatMap(({ value, place }, index) => {
    if (raised.some((notice) => matchesRecord(value, notice))) return [];
    const near = [...raised].sort((left, right) => nearness(value, right) - nearness(value, left))[0];
    const got =
      near === undefined
        ? "no notice at all"
        : `kind=${String(near["kind"])} identity=${String(near["identity"] ?? "-")} ${String(near["text"])}`;
    return [{ part: `notices[${index}]`, place, headline: "a notice was not raised", expected: partialText(value), got }];
  });
}

/** Lists have the same items in the same order; single values are text, `/regex/` or comparisons. */
function matchesFact(expected: unknown, actual: unknown): boolean {
  if (!Array.isArray(expected)) return matchesValue(expected, actual);
  return (
    Array.isArray(actual) && actual.length === expected.length && expected.every((one, index) => String(one) === String(actual[index]))
  );
}

function pair(expected: unknown, actual: unknown): { expected: string; got: string } {
  return { expected: text(expected), got: text(actual) };
}

function text(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(String).join(", ")}]`;
  return value === null || value === undefined ? "nothing" : String(value);
}
