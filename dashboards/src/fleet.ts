import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { dashboard, select, UIDS } from "./board.ts";
import { evenly, type Section } from "./layout.ts";
import { type StatSpec, stat } from "./panels/stat.ts";
import { stateTimeline } from "./panels/state-timeline.ts";
import { table } from "./panels/table.ts";
import { timeseries } from "./panels/timeseries.ts";
import { max, maxBy, PEER, rate, sum, sumBy } from "./promql.ts";
import { CLASS_COLORS, PER_HOUR, STATES, stateCode } from "./vocabulary.ts";

/** The peers that the variable chooses; all by default. */
const peers = { regex: "$peer" };
const chosen = { "gen_ai.agent.name": peers };

const inState = (state: keyof typeof STATES): string => sum(select("peers", { ...chosen, state }));

function count(title: string, state: keyof typeof STATES, description: string, steps?: StatSpec["steps"]): ReturnType<typeof stat> {
  return stat({ title, description, expr: inState(state), unit: "short", decimals: 0, ...(steps === undefined ? {} : { steps }) });
}

const now: Section = {
  title: "Now",
  lines: [
    evenly(
      4,
      stat({
        title: "Peers",
        description: "Registered peers.",
        expr: `count(count by (${PEER}) (${select("peers", chosen)}))`,
        unit: "short",
        decimals: 0,
      }),
      count("Alive", "alive", "Peers whose session is up."),
      count("Asleep", "asleep", "Peers without a session; the next message wakes them."),
      count("Waiting for a person", "waiting", "Peers whose agent shows a dialog that only a person may answer: attach to them.", [
        [1, "yellow"],
      ]),
      stat({
        title: "Held",
        description: "Peers that the crash-loop guard holds: their messages are kept, one probe follows after the hold.",
        expr: sum(select("holds")),
        unit: "short",
        decimals: 0,
        steps: [[1, "red"]],
      }),
      count("Stopped", "stopped", "Peers halted by their operator; messages to them are refused."),
      stat({
        title: "Oldest message",
        description: "How long the oldest message of the fleet has waited.",
        expr: max(select("inboxOldestAge", chosen)),
        unit: "s",
        steps: [
          [300, "yellow"],
          [1800, "red"],
        ],
      }),
      stat({
        title: "Memory",
        description: "Resident memory of all sessions with all their processes.",
        expr: sum(select("sessionsMemory", chosen)),
        unit: "bytes",
        noValue: "no session is up",
      }),
    ),
  ],
};

const states: Section = {
  title: "States",
  lines: [
    evenly(
      14,
      stateTimeline({
        title: "What each peer did",
        description: "The state of every chosen peer over time, twenty-five on a page.",
        expr: stateCode(select, peers),
        legend: `{{${PEER}}}`,
        perPage: 25,
      }),
    ),
    evenly(
      8,
      timeseries({
        title: "Peers by state",
        description: "How many peers are in each state.",
        queries: [{ expr: sumBy("state", select("peers", chosen)), legend: "{{state}}" }],
        unit: "short",
        form: "stacked",
        colors: Object.fromEntries(Object.entries(STATES).map(([state, { color }]) => [state, color])),
      }),
      timeseries({
        title: "Holds",
        description: "Peers that the crash-loop guard holds.",
        queries: [{ expr: sum(select("holds")), legend: "held" }],
        unit: "short",
        colors: { held: "red" },
      }),
    ),
  ],
};

const messages: Section = {
  title: "Messages",
  lines: [
    evenly(
      8,
      timeseries({
        title: "Messages that wait",
        description: "The ten longest inboxes.",
        queries: [{ expr: `topk(10, ${maxBy(PEER, select("inboxDepth", chosen))} > 0)`, legend: `{{${PEER}}}` }],
        unit: "short",
        form: "bars",
      }),
      timeseries({
        title: "Oldest message",
        description: "How long the oldest message of a peer has waited; the ten worst.",
        queries: [{ expr: `topk(10, ${maxBy(PEER, select("inboxOldestAge", chosen))} > 0)`, legend: `{{${PEER}}}` }],
        unit: "s",
        form: "points",
        steps: [[1800, "red"]],
      }),
    ),
  ],
};

const sessions: Section = {
  title: "Sessions",
  lines: [
    evenly(
      8,
      timeseries({
        title: "Ends of sessions by class",
        description: "Per hour. `parked` is the daemon's own doing; `crash`, `self-close` and `boot-failed` count towards a hold.",
        queries: [{ expr: `3600 * ${sumBy("class", rate(select("sessionExits")))} > 0`, legend: "{{class}}" }],
        unit: PER_HOUR,
        form: "bars",
        interval: "5m",
        colors: CLASS_COLORS,
      }),
      timeseries({
        title: "How long sessions ran",
        description: "From READY to the end, mean by class.",
        queries: [
          {
            expr: `${sumBy("class", rate(select("runDuration", {}, "sum")))} / ${sumBy("class", rate(select("runDuration", {}, "count")))}`,
            legend: "{{class}}",
          },
        ],
        unit: "s",
        form: "points",
        interval: "5m",
        colors: CLASS_COLORS,
      }),
      timeseries({
        title: "Memory",
        description: "Resident memory with all processes: of all sessions together, and of the largest. The table below has each peer's.",
        queries: [
          { expr: sum(select("sessionsMemory", chosen)), legend: "all" },
          { expr: max(select("sessionsMemory", chosen)), legend: "largest" },
        ],
        unit: "bytes",
      }),
    ),
    evenly(
      10,
      table({
        title: "Peers now",
        description: "What waits for each peer and what its session takes. A click on a peer opens its own dashboard.",
        keys: { "gen_ai.agent.name": "Peer" },
        columns: [
          { name: "Messages", expr: maxBy(PEER, select("inboxDepth", chosen)), unit: "short" },
          { name: "Oldest", expr: maxBy(PEER, select("inboxOldestAge", chosen)), unit: "s" },
          { name: "Memory", expr: maxBy(PEER, select("sessionsMemory", chosen)), unit: "bytes", decimals: 1 },
        ],
        sortBy: "Oldest",
        link: { title: "This peer's life", url: `/d/${UIDS.peer}?var-peer=\${__value.raw}&\${job:queryparam}&\${__url_time_range}` },
      }),
      timeseries({
        title: "Notices",
        description: "Notices raised for a person, per hour and kind.",
        queries: [{ expr: `3600 * ${sumBy("kind", rate(select("notices")))} > 0`, legend: "{{kind}}" }],
        unit: PER_HOUR,
        form: "bars",
        interval: "5m",
      }),
    ),
  ],
};

export function fleet(): Dashboard {
  return dashboard({
    uid: UIDS.fleet,
    title: "Fleet",
    description: "What every peer is doing: states, holds, messages that wait, ends of sessions, memory.",
    from: "now-6h",
    datasources: ["prometheus"],
    peers: "many",
    sections: [now, states, messages, sessions],
  });
}
