import { describe, expect, test } from "vitest";
import { createTraceReader, type Traces } from "./index.ts";

interface Shape {
  readonly name?: string;
  readonly id?: number | string;
  readonly at?: unknown;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly links?: readonly number[];
}

const idOf = (id: number): string => id.toString(16).padStart(16, "0");
const TRACE = "0af7651916cd43dd8448eb211c80319c";

function value(of: unknown): unknown {
  if (typeof of === "string") return { stringValue: of };
  return typeof of === "boolean" ? { boolValue: of } : { intValue: of };
}

function span({ name = "exit", id = 1, at = 1_767_225_600_123, attributes = {}, links = [] }: Shape): unknown {
  const all = { "iapeer.identity": "demo-scout", ...attributes };
  return {
    ...{ traceId: TRACE, spanId: typeof id === "number" ? idOf(id) : id, name, kind: 1, unknown: { field: [1] } },
    ...(typeof at === "number" ? { startTimeUnixNano: `${at}000000`, endTimeUnixNano: `${at}000000` } : { endTimeUnixNano: at }),
    attributes: Object.entries(all).map(([key, one]) => ({ key, value: value(one) })),
    links: links.map((link) => ({ traceId: TRACE, spanId: idOf(link) })),
  };
}

function request(spans: readonly unknown[], { service = "iapeer", scope = "iapeer" as string | null, instance = "one" } = {}): unknown {
  const attributes = Object.entries({ "service.name": service, "service.instance.id": instance });
  return {
    resourceSpans: [
      {
        resource: { attributes: attributes.map(([key, stringValue]) => ({ key, value: { stringValue } })) },
        scopeSpans: [{ ...(scope !== null && { scope: { name: scope, version: "1" } }), spans }],
      },
    ],
  };
}

function read(...files: readonly string[]): Traces {
  const reader = createTraceReader();
  for (const [index, text] of files.entries()) {
    reader.file(`${index}.json`);
    for (const line of text.split("\n")) reader.take(line);
  }
  return reader.finish();
}

const told = ({ lines }: Traces): string[] => lines.map(({ record }) => `${record.ev} ${record["instance"] ?? record["id"] ?? ""}`.trim());
const exit = (id: number, more: Shape = {}): unknown =>
  span({ id, ...more, attributes: { "iapeer.instance": `i${id}`, "iapeer.seq": id, ...more.attributes } });
const places = ({ problems }: Traces): string[] => problems.map(({ file, line, why }) => `${file}:${line}: ${why}`);

describe("what is one text", () => {
  const one = JSON.stringify(request([exit(1)]));
  const two = request([exit(2)]);
  test.each<[string, string]>([
    ["a line each", `${one}\n${JSON.stringify(two)}\n`],
    ["Windows line ends and blank lines", `\uFEFF${one}\r\n\r\n${JSON.stringify(two)}\r\n`],
    ["printed over many lines", `${JSON.stringify(request([exit(1)]), null, 2)}\n${JSON.stringify(two, null, "\t")}`],
    ["printed without indentation", JSON.stringify(request([exit(1), exit(2)]), null, 1).replaceAll(/^ +/gm, "")],
    ["a list", JSON.stringify([request([exit(1)]), two], null, 2)],
    ["on one line", `${one} ${JSON.stringify(two)}`],
  ])("%s", (_name, text) => {
    const traces = read(text);
    expect(places(traces)).toEqual([]);
    expect(told(traces)).toEqual(["exit i1", "exit i2"]);
  });

  test.each<[string, string, string[]]>([
    ["cut off within a string", `${one.slice(0, one.indexOf("demo-s"))}\n${one}`, ["0.json:1: no JSON, or only half of it"]],
    ["cut off between brackets", `${one.slice(0, -5)}\n${one}`, ["0.json:1: no JSON, or only half of it"]],
    ["its beginning lost", `${one.slice(1)}\n${one}`, ["0.json:1: no JSON"]],
    ["its end lost", `${one}\n${JSON.stringify(two, null, 1).slice(0, -4)}`, ["0.json:2: no JSON, or only half of it"]],
    [
      "something else between",
      `${one}\nhello { "x": 1 }\n[1]\n{"a":1}`,
      ["0.json:2: no JSON", "0.json:3: no JSON", "0.json:4: no resourceSpans in it"],
    ],
  ])("%s: the rest is read, and the place is said", (_name, text, expected) => {
    const traces = read(text);
    expect(told(traces)).toEqual(["exit i1"]);
    expect(places(traces)).toEqual(expected);
    expect(traces.unreadable).toBe(expected.length);
  });

  test("a hundred thousand brackets deep is no problem for the stack", () => {
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    const text = one.replace('"kind":1', `"kind":${deep}`);
    expect(told(read(`{"resourceSpans":${deep}}\n${text}`))).toEqual(["exit i1"]);
  });
});

describe("what is a span of ours", () => {
  test("the scope says so, whatever the service is called; without a scope the service does", () => {
    const ours = read(JSON.stringify(request([exit(1)], { service: "renamed" })), JSON.stringify(request([exit(2)], { scope: null })));
    expect({ lines: ours.lines.length, foreign: ours.foreign }).toEqual({ lines: 2, foreign: 0 });
    const foreign = read(
      JSON.stringify(request([exit(1), exit(2)], { scope: "http" })),
      JSON.stringify(request([exit(3)], { service: "shop", scope: null })),
    );
    expect({ lines: foreign.lines.length, foreign: foreign.foreign }).toEqual({ lines: 0, foreign: 3 });
  });

  test("one that came before, also in another file, counts once", () => {
    const traces = read(JSON.stringify(request([exit(1), exit(2)])), JSON.stringify(request([exit(2), exit(3)])));
    expect({ told: told(traces), twice: traces.twice, spans: traces.spans }).toEqual({
      told: ["exit i1", "exit i2", "exit i3"],
      twice: 1,
      spans: 4,
    });
  });

  test("metrics and logs beside them are left aside", () => {
    expect(read('{"resourceMetrics":[{}]}\n{"resourceLogs":[]}\n{"resourceSpans":[]}')).toMatchObject({ spans: 0, unreadable: 0 });
  });

  test.each<[string, Shape, string]>([
    ["no id", { id: "xyz" }, '"exit": no spanId in hex'],
    ["an id of zeros", { id: "0".repeat(16) }, `"exit": no spanId in hex`],
    ["a time that is a word", { at: "NaN" }, '"exit": no endTimeUnixNano'],
    ["no time", { at: null }, '"exit": no endTimeUnixNano'],
    ["time zero", { at: "0" }, '"exit": no endTimeUnixNano'],
    ["a time beyond 64 bits", { at: "9".repeat(400) }, '"exit": no endTimeUnixNano'],
    ["a negative time", { at: -1.5e18 }, '"exit": no endTimeUnixNano'],
    ["a name that is none of ours", { name: "GET /" }, '"GET /" is no span of ours'],
    ["a verb that nobody knows", { name: "verb", attributes: { "iapeer.verb": "explode" } }, '"verb explode" is not known'],
    ["a verb that is no verb", { name: "verb", attributes: { "iapeer.verb": "wake" } }, '"verb wake" is not known'],
  ])("%s: counted with its place", (_name, shape, why) => {
    const traces = read(`\n${JSON.stringify(request([exit(7), span(shape)]))}`);
    expect(told(traces)).toEqual(["exit i7"]);
    expect(places(traces).map((place) => place.replace("span 2: ", ""))).toEqual([`0.json:2: ${why}`]);
  });

  test("times and numbers come as text or as numbers; of other values only what a decision can have is taken", () => {
    const text = JSON.stringify(request([span({ at: 1, attributes: { "process.exit.code": "3", "iapeer.seq": 5 } })])).replace(
      '"endTimeUnixNano":"1000000"',
      '"endTimeUnixNano":1767225600123999999',
    );
    const [line] = read(text).lines;
    expect(line?.record).toMatchObject({ ts: "2026-01-01T00:00:00.124Z", code: "3" });
    const odd = span({ attributes: { "process.exit.signal": "SIGKILL" } }) as { attributes: unknown[] };
    const values = [{ arrayValue: { values: [] } }, { intValue: "12x" }, { doubleValue: "NaN" }, null, 3, { bytesValue: "AA==" }, {}];
    odd.attributes.unshift(...values.map((one) => ({ key: "process.exit.code", value: one })), null, { key: 3 }, "x");
    expect(read(JSON.stringify(request([odd]))).lines[0]?.record).toEqual({
      ...{ ts: "2026-01-01T00:00:00.123Z", ev: "exit", identity: "demo-scout", signal: "SIGKILL", trace_id: TRACE, span_id: idOf(1) },
    });
  });
});

describe("the order of a log", () => {
  test("numbers decide within one daemon, whatever the clock did; time decides between daemons", () => {
    const [early, late] = [1_767_225_600_000, 1_767_225_700_000];
    const one = request([exit(3, { at: early }), exit(1, { at: early + 50_000 }), exit(2, { at: late })]);
    const other = request([exit(9, { at: late - 1 })], { instance: "two" });
    expect(told(read(JSON.stringify(other), JSON.stringify(one)))).toEqual(["exit i1", "exit i9", "exit i2", "exit i3"]);
  });

  test("an instance id that was given by hand to one daemon after another: time decides, then the number", () => {
    const at = 1_767_225_600_000;
    const first = [exit(1, { at }), exit(2, { at })];
    const second = [exit(11, { at: at + 9, attributes: { "iapeer.seq": 1 } }), exit(12, { at: at + 9, attributes: { "iapeer.seq": 2 } })];
    expect(told(read(JSON.stringify(request([second[1], first[1], second[0], first[0]]))))).toEqual([
      "exit i1",
      "exit i2",
      "exit i11",
      "exit i12",
    ]);
  });

  test("an end is told after the hold that it opened and its notice, and the launch that failed after its end", () => {
    const at = 1_767_225_600_000;
    const all = [
      span({ name: "launch", id: 1, at, attributes: { "iapeer.launch.outcome": "failed", "iapeer.seq": 1 } }),
      exit(2, { at, links: [1] }),
      span({ name: "hold", id: 3, at: at + 5, attributes: { "iapeer.hold.state": "open", "iapeer.seq": 3 }, links: [8, 2] }),
      span({ name: "notice", id: 4, at: at + 6, attributes: { "iapeer.notice.kind": "crash-loop", "iapeer.seq": 4 } }),
      span({ name: "supervise.decision", id: 5, at: at + 7, attributes: { "iapeer.seq": 5 } }),
    ];
    const { lines } = read(JSON.stringify(request(all.toReversed())));
    expect(lines.map(({ record, wall }) => `${record.ev} ${wall - at}`)).toEqual([
      "hold 5",
      "notice 6",
      "exit 6",
      "launch 6",
      "supervise 7",
    ]);
  });

  test("an end that a second daemon committed again is the second's", () => {
    const at = 1_767_225_600_000;
    const twice = { "iapeer.instance": "i" };
    const first = request([exit(1, { at, attributes: twice }), exit(2, { at: at + 1 })]);
    const second = request([exit(3, { at: at + 500, attributes: twice })], { instance: "two" });
    expect(told(read(JSON.stringify(first), JSON.stringify(second)))).toEqual(["exit i2", "exit i"]);
  });
});

describe("which span stands for a line", () => {
  test.each<[string, Shape, string | null]>([
    ["a pass", { name: "supervise" }, null],
    ["a decision of it", { name: "supervise.decision" }, "supervise"],
    ["a probe of a hold, which its wake tells", { name: "hold", attributes: { "iapeer.hold.state": "probe" } }, null],
    ["the gap before a relaunch", { name: "relaunch", attributes: { "iapeer.relaunch.kind": "retry" } }, null],
    ["a relaunch that was given up", { name: "relaunch", attributes: { "iapeer.outcome": "gave-up" } }, "relaunch"],
    ["a verb", { name: "verb", attributes: { "iapeer.verb": "attach-end" } }, "attach-end"],
    [
      "an acceptance with its number",
      { name: "message.accept", attributes: { "iapeer.seq": 1, "iapeer.delivery.stage": "held" } },
      "accept",
    ],
    ["an acceptance of a version without numbers", { name: "message.accept", attributes: { "iapeer.delivery.stage": "queued" } }, "accept"],
    ["a refusal, which has a line of its own", { name: "message.accept", attributes: { "iapeer.delivery.stage": "refused" } }, null],
    ["a message that had landed before", { name: "message.accept", attributes: { "iapeer.delivery.stage": "landed" } }, null],
  ])("%s", (_name, shape, ev) => {
    const traces = read(JSON.stringify(request([span(shape)])));
    expect(traces.unreadable).toBe(0);
    expect(traces.lines.map(({ record }) => record.ev)).toEqual(ev === null ? [] : [ev]);
  });
});
