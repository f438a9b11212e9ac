import type { ValueMapping } from "@grafana/grafana-foundation-sdk/dashboard";
import * as grafana from "@grafana/grafana-foundation-sdk/dashboard";
import type { EndClass } from "../../lib/lifecycle/decide/classify.ts";
import type { PEER_STATES, WAKE_MODES } from "../../lib/telemetry/metrics.ts";
import { PEER, type Select } from "./promql.ts";

type PeerState = (typeof PEER_STATES)[number];
type WakeMode = (typeof WAKE_MODES)[number];

/** What a state looks like; the number is what a state timeline draws, and a higher one wins where two daemons know the same name. */
export const STATES: Readonly<Record<PeerState, { readonly code: number; readonly color: string; readonly text: string }>> = {
  asleep: { code: 1, color: "#5b6b86", text: "asleep" },
  stopped: { code: 2, color: "#8f8f8f", text: "stopped" },
  booting: { code: 3, color: "light-blue", text: "booting" },
  alive: { code: 4, color: "green", text: "alive" },
  waiting: { code: 5, color: "yellow", text: "waiting for a person" },
  held: { code: 6, color: "red", text: "held" },
};

export const MODE_COLORS: Readonly<Record<WakeMode, string>> = { fresh: "orange", resume: "green", fail: "red", refused: "purple" };

/** The same cause looks the same everywhere: what was lost is red or orange, what was wanted blue or purple, what went on green. */
export const CAUSE_COLORS: Readonly<Record<string, string>> = {
  "crash-or-self-close": "red",
  "resume-rejected": "dark-red",
  "idle-reaped-no-resume": "orange",
  "idle-reaped-human-no-resume": "yellow",
  "idle-reaped-new-topic": "light-blue",
  "first-wake": "blue",
  "folder-launch": "purple",
  "self-fresh": "#8f3bb8",
  "soft-reload": "#ca95e5",
  "idle-reaped-resume": "green",
  "idle-reaped-human": "#96d98d",
  attach: "#37872d",
};

export const CLASS_COLORS: Readonly<Partial<Record<EndClass, string>>> = {
  parked: STATES.asleep.color,
  crash: "red",
  "self-close": "orange",
  "boot-failed": "dark-red",
  "owner-reset": "purple",
  stopped: STATES.stopped.color,
  "host-restart": "blue",
  "lost-server": "light-blue",
  wedged: "yellow",
};

/** Fleets are small, and most of the time nothing happens: rates are shown per hour. */
export const PER_HOUR = "suffix:/h";

/** Wakes that brought a session up. */
export const UP = ["fresh", "resume"] as const satisfies readonly WakeMode[];

/** Ends that count towards the crash-loop guard. */
export const DEATHS = ["crash", "self-close", "boot-failed"] as const satisfies readonly EndClass[];

/** Shows the codes of {@link STATES} as words. */
export const stateMappings: ValueMapping[] = [
  {
    type: grafana.MappingType.ValueToText,
    options: Object.fromEntries(Object.values(STATES).map(({ code, color, text }, index) => [String(code), { text, color, index }])),
  },
];

/** One number per peer that says its state, from the series of which one is 1. */
export function stateCode(select: Select, peers: { readonly regex: string }): string {
  const each = Object.entries(STATES).map(
    ([state, { code }]) => `(${select("peers", { "gen_ai.agent.name": peers, state })} == 1) * ${code}`,
  );
  return `max by (${PEER}) (${each.join(" or ")})`;
}
