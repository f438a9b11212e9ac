import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { dashboard, select, UIDS } from "./board.ts";
import { evenly, type Section } from "./layout.ts";
import { logLines, traces } from "./panels/evidence.ts";
import { stat } from "./panels/stat.ts";
import { stateTimeline } from "./panels/state-timeline.ts";
import { timeseries } from "./panels/timeseries.ts";
import { increase, max, PEER, rate, sum, sumBy } from "./promql.ts";
import { MODE_COLORS, PER_HOUR, STATES, stateCode, stateMappings, UP } from "./vocabulary.ts";

/** The one peer that the variable names. A regular expression, because Grafana escapes the value as one. */
const peer = { regex: "$peer" };
const own = { "gen_ai.agent.name": peer };

const wakes = (mode: "fresh" | "resume" | typeof UP): string => sum(increase(select("peerWakes", { ...own, mode })));

const now: Section = {
  title: "Now, and in this time range",
  lines: [
    evenly(
      4,
      stat({
        title: "State",
        description: "What the peer is doing now.",
        expr: stateCode(select, peer),
        legend: `{{${PEER}}}`,
        unit: "none",
        mappings: stateMappings,
      }),
      stat({ title: "Woken", description: "Wakes that brought a session up.", expr: wakes(UP), unit: "short", decimals: 0 }),
      stat({
        title: "Fresh",
        description: "Share of the wakes that started a new conversation.",
        expr: `${wakes("fresh")} / ${wakes(UP)}`,
        unit: "percentunit",
        decimals: 0,
      }),
      stat({
        title: "Messages that wait",
        description: "Messages in its inbox now.",
        expr: max(select("inboxDepth", own)),
        unit: "short",
        decimals: 0,
      }),
      stat({
        title: "Oldest message",
        description: "How long the oldest of them has waited.",
        expr: max(select("inboxOldestAge", own)),
        unit: "s",
        steps: [
          [300, "yellow"],
          [1800, "red"],
        ],
      }),
      stat({
        title: "Memory",
        description: "Resident memory of its session with all its processes.",
        expr: max(select("sessionsMemory", own)),
        unit: "bytes",
        noValue: "no session is up",
      }),
    ),
  ],
};

const life: Section = {
  title: "Its life",
  lines: [
    evenly(
      5,
      stateTimeline({
        title: "States",
        description: "What the peer did over time.",
        expr: stateCode(select, peer),
        legend: `{{${PEER}}}`,
        perPage: 1,
      }),
    ),
    evenly(
      8,
      timeseries({
        title: "Wakes by mode",
        description: "Wake decisions per hour. The causes are in the lines below.",
        queries: [{ expr: `3600 * ${sumBy("mode", rate(select("peerWakes", own)))}`, legend: "{{mode}}" }],
        unit: PER_HOUR,
        form: "bars",
        interval: "5m",
        colors: MODE_COLORS,
      }),
      timeseries({
        title: "Share of each state",
        description: "How much of the time the peer spent in each state, over an hour.",
        queries: [{ expr: sumBy("state", `avg_over_time(${select("peers", own)}[1h])`), legend: "{{state}}" }],
        unit: "percentunit",
        form: "stacked",
        colors: Object.fromEntries(Object.entries(STATES).map(([state, { color }]) => [state, color])),
      }),
    ),
    evenly(
      8,
      timeseries({
        title: "Inbox",
        description: "Messages that wait for the peer.",
        queries: [{ expr: max(select("inboxDepth", own)), legend: "messages" }],
        unit: "short",
      }),
      timeseries({
        title: "Oldest message",
        description: "How long the oldest message has waited.",
        queries: [{ expr: max(select("inboxOldestAge", own)), legend: "oldest" }],
        unit: "s",
        steps: [[1800, "red"]],
      }),
      timeseries({
        title: "Memory",
        description: "Resident memory of the session with all its processes.",
        queries: [{ expr: max(select("sessionsMemory", own)), legend: "memory" }],
        unit: "bytes",
      }),
    ),
  ],
};

/** An identity is `<runtime>-<peer>`, split at the first dash; deliveries say `to`. */
const ITS_LINES = ["identity", "to"].map((field) => `${field}=~"[^-]+-(\${peer:regex})"`).join(" or ");

const evidence: Section = {
  title: "Its decisions",
  lines: [
    evenly(
      11,
      logLines({
        title: "Decisions as logged",
        description:
          "Every line of lifecycle.log about this peer, newest first: why it woke, how it ended, what was delivered. Needs Loki.",
        filter: `| ${ITS_LINES}`,
      }),
      traces({
        title: "Decisions as traces",
        description: "Spans of this peer: wake, launch, deliver, exit, hold; links lead to what caused them. Needs Tempo.",
        filter: 'span.gen_ai.agent.name="$peer"',
      }),
    ),
  ],
};

export function peerLife(): Dashboard {
  return dashboard({
    uid: UIDS.peer,
    title: "Peer",
    description: "One peer's life: its states, wakes, inbox and memory, and every decision about it as logs and traces.",
    from: "now-24h",
    datasources: ["prometheus", "loki", "tempo"],
    peers: "one",
    sections: [now, life, evidence],
  });
}
