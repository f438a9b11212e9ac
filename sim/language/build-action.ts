import type { Problems } from "./issues.ts";
import type { Action, Behavior, ScenarioConfig } from "./scenario.ts";
import type { Verb } from "./schema/actions.ts";

/** Values of the action schemas once validated; the schemas guarantee the shapes that are picked apart here. */
type Fields = Readonly<Record<string, unknown>>;
type CrashPoint = { readonly before: string; readonly nth?: number };

const PEER_VERBS = ["attach", "detach", "launch", "new", "refresh", "stop", "start", "reset", "compact", "interrupt", "selfDone"] as const;
type PeerVerb = (typeof PEER_VERBS)[number];

/** An action from its validated value. Null when its series of probe answers cannot be read (then it is a problem). */
export function buildAction(verb: Verb, value: unknown, path: readonly PropertyKey[], problems: Problems): Action | null {
  const fields: Fields = typeof value === "object" && value !== null ? (value as Fields) : { peer: value, what: value };
  if ((PEER_VERBS as readonly string[]).includes(verb)) return buildPeerAction(verb as PeerVerb, fields);
  switch (verb) {
    case "send":
      return buildSend(fields as { to: string; length?: number });
    case "selfFresh":
      return buildSelfFresh(fields);
    case "turn":
      return { do: "turn", peer: String(fields["peer"]), forMs: Number(fields["for"]), ...(fields["asks"] === true && { asks: true }) };
    case "crash":
      return buildCrash(fields);
    case "exit":
      return { do: "exit", peer: String(fields["peer"]) };
    case "next": {
      const { peer, backOff, ...behavior } = fields;
      const drawn = typeof backOff === "number" ? { backOffMs: backOff } : {};
      return { do: "next", peer: String(peer), behavior: behavior as Partial<Behavior>, ...drawn };
    }
    case "manage":
      return { do: "manage", peer: String(fields["peer"]), by: fields["by"] as "launchd" | "systemd" | "none" };
    case "probe":
      return buildProbe(fields, path, problems);
    case "files":
      return buildFiles(fields);
    case "config":
      return { do: "config", config: fields as ScenarioConfig };
    case "heal":
      return { do: "heal" };
    default:
      return buildMachine(verb, fields);
  }
}

function buildSend({ length, ...rest }: { readonly to: string; readonly text?: string; readonly length?: number }): Action {
  return { do: "send", text: length === undefined ? "hello" : "x".repeat(length), ...rest };
}

function buildPeerAction(verb: PeerVerb, fields: Fields): Action {
  const runtime = fields["runtime"];
  return { do: verb, peer: String(fields["peer"]), ...(typeof runtime === "string" ? { runtime } : {}) };
}

function buildSelfFresh({ peer, runtime, closes }: Fields): Action {
  const named = typeof runtime === "string" ? { runtime } : {};
  return { do: "selfFresh", peer: String(peer), ...named, ...(typeof closes === "boolean" && { closes }) };
}

function buildCrash(fields: Fields): Action {
  const code = typeof fields["code"] === "number" ? fields["code"] : null;
  const signal = typeof fields["signal"] === "string" ? fields["signal"] : null;
  return { do: "crash", peer: String(fields["peer"]), code: code === null && signal === null ? 1 : code, signal };
}

function buildMachine(verb: Verb, fields: Fields): Action {
  if (verb === "daemon") return buildDaemon(fields);
  if (verb === "clock") return { do: "clock", stepMs: Number(fields["step"]) };
  if (verb === "host") return buildHost(fields);
  if (fields["probe"] !== undefined) {
    return { do: "faultProbe", peer: String(fields["probe"]), error: String(fields["error"]), forMs: Number(fields["for"]) };
  }
  const { fs, for: forMs, ...rest } = fields as { fs: "write"; for?: number; path: string; error: string; times?: number };
  return { do: "faultFs", operation: fs, ...rest, ...(forMs === undefined ? {} : { forMs }) };
}

function buildHost({ suspend, sessionServerCrash, what }: Fields): Action {
  if (typeof suspend === "number") return { do: "host", what: "suspend", forMs: suspend };
  if (sessionServerCrash !== undefined) return { do: "host", what: "sessionServerCrash", peers: [sessionServerCrash].flat().map(String) };
  return { do: "host", what: what as "reboot" | "sessionServerCrash" };
}

function buildDaemon(fields: Fields): Action {
  const crash = fields["crash"] as CrashPoint | undefined;
  const powerLoss = fields["powerLoss"] as CrashPoint | undefined;
  if (crash !== undefined) return { do: "daemon", what: "crash", ...crash };
  if (powerLoss !== undefined) return { do: "daemon", what: "powerLoss", ...powerLoss };
  return { do: "daemon", what: fields["what"] as "restart" };
}

function buildFiles(fields: Fields): Action {
  const write = new Map(Object.entries((fields["write"] as Record<string, string> | undefined) ?? {}));
  return { do: "files", write, remove: (fields["remove"] as string[] | undefined) ?? [] };
}

const ANSWERS: Readonly<Record<string, "alive" | "dead" | "unknown">> = { alive: "alive", dead: "dead", _: "unknown", unknown: "unknown" };
const MAX_ANSWERS = 10_000;

function buildProbe(fields: Fields, path: readonly PropertyKey[], problems: Problems): Action | null {
  const read = parseSeries(String(fields["values"]));
  if ("problem" in read) {
    problems.add([...path, "values"], read.problem);
    return null;
  }
  return { do: "probe", peer: String(fields["peer"]), everyMs: Number(fields["every"]), values: read.values };
}

/** `alive x3 _ dead alive x4`: answers in turn; `xN` repeats the one before it, `_` is no answer. */
export function parseSeries(series: string): { readonly values: readonly ("alive" | "dead" | "unknown")[] } | { readonly problem: string } {
  const values: ("alive" | "dead" | "unknown")[] = [];
  for (const token of series.split(/\s+/).filter((part) => part !== "")) {
    const times = /^x(\d+)$/.exec(token);
    const answer = Object.hasOwn(ANSWERS, token) ? ANSWERS[token] : undefined;
    const last = values.at(-1);
    if (times === null && answer === undefined)
      return { problem: `"${token}" is no answer of a probe: write alive, dead or _, and x3 to repeat the one before` };
    if (times !== null && last === undefined) return { problem: `"${token}" repeats nothing: an answer comes first` };
    const copies = times === null ? 1 : Number(times[1]) - 1;
    if (copies < 0) return { problem: `"${token}" would take the answer back: at least x1` };
    if (values.length + copies > MAX_ANSWERS) return { problem: `more than ${MAX_ANSWERS} answers` };
    for (let copy = 0; copy < copies; copy += 1) values.push(answer ?? last ?? "unknown");
  }
  return values.length === 0 ? { problem: "the series is empty: write 'alive x3 _ dead'" } : { values };
}
