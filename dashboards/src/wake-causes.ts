import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { dashboard, select, UIDS } from "./board.ts";
import { evenly, type Section } from "./layout.ts";
import { logLines, traces } from "./panels/evidence.ts";
import { heatmap } from "./panels/heatmap.ts";
import { stat } from "./panels/stat.ts";
import { table } from "./panels/table.ts";
import { timeseries } from "./panels/timeseries.ts";
import { increase, type Match, PEER, quantile, rate, sum, sumBy } from "./promql.ts";
import { CAUSE_COLORS, MODE_COLORS, PER_HOUR, UP } from "./vocabulary.ts";

/** Events per hour; what did not happen is left out, or the legend would list every cause that there is. */
const perHour = (by: string | readonly string[], series: string): string => `3600 * ${sumBy(by, rate(series))} > 0`;

/** Wakes of a mode, or of several, in the whole range. */
const wakes = (mode: Match): string => sum(increase(select("wakeDecisions", { mode })));

const atAGlance: Section = {
  title: "In this time range",
  lines: [
    evenly(
      4,
      stat({ title: "Woken", description: "Wakes that brought a session up.", expr: wakes(UP), unit: "short", decimals: 0 }),
      stat({
        title: "Fresh",
        description:
          "Share of the wakes that started a new conversation. Some are wanted (a new topic, a first wake, `new`); the causes below tell.",
        expr: `${wakes("fresh")} / ${wakes(UP)}`,
        unit: "percentunit",
        decimals: 0,
      }),
      stat({
        title: "Fresh after a crash",
        description: "Share of the wakes that lost a conversation because the last session crashed or closed itself.",
        expr: `${sum(increase(select("wakeDecisions", { cause: "crash-or-self-close" })))} / ${wakes(UP)}`,
        unit: "percentunit",
        decimals: 0,
        steps: [
          [0.2, "yellow"],
          [0.5, "red"],
        ],
      }),
      stat({
        title: "Refused",
        description: "Messages that were not allowed to wake their peer: stopped, held, managed elsewhere, unknown, or without a folder.",
        expr: wakes("refused"),
        unit: "short",
        decimals: 0,
        steps: [[1, "yellow"]],
      }),
      stat({
        title: "Failed",
        description: "Attaches that found nothing to resume.",
        expr: wakes("fail"),
        unit: "short",
        decimals: 0,
        steps: [[1, "yellow"]],
      }),
      stat({
        title: "Median time to READY",
        description: "From a message's acceptance to READY of the session that it woke.",
        expr: quantile(0.5, [], increase(select("wakeLatency", {}, "bucket"))),
        unit: "s",
      }),
    ),
  ],
};

const why: Section = {
  title: "Why",
  lines: [
    evenly(
      9,
      timeseries({
        title: "Fresh starts by cause",
        description:
          "New conversations per hour. `crash-or-self-close`: the last session ended by itself; `idle-reaped-new-topic`: the message began a new topic; `idle-reaped-no-resume`: parked, but nothing to resume; `self-fresh`, `folder-launch`, `soft-reload`: asked for.",
        queries: [{ expr: perHour("cause", select("wakeDecisions", { mode: "fresh" })), legend: "{{cause}}" }],
        unit: PER_HOUR,
        form: "bars",
        interval: "5m",
        colors: CAUSE_COLORS,
      }),
      timeseries({
        title: "Resumes by cause",
        description: "Continued conversations per hour: parked peers that got a message, and attaches by a person.",
        queries: [{ expr: perHour("cause", select("wakeDecisions", { mode: "resume" })), legend: "{{cause}}" }],
        unit: PER_HOUR,
        form: "bars",
        interval: "5m",
        colors: CAUSE_COLORS,
      }),
    ),
    evenly(
      9,
      timeseries({
        title: "Fresh, resumed, refused",
        description: "All wake decisions per hour by mode.",
        queries: [{ expr: perHour("mode", select("wakeDecisions")), legend: "{{mode}}" }],
        unit: PER_HOUR,
        form: "bars",
        interval: "5m",
        colors: MODE_COLORS,
      }),
      timeseries({
        title: "Refused wakes by cause",
        description:
          "Messages per hour that were not allowed to wake their peer. `crash-loop`: the peer is held; `…-mid-wake`: the fact appeared while the wake was in progress.",
        queries: [{ expr: perHour("cause", select("wakeDecisions", { mode: "refused" })), legend: "{{cause}}" }],
        unit: PER_HOUR,
        form: "bars",
        interval: "5m",
      }),
      table({
        title: "Causes in this time range",
        description: "How often each row of the decision table fired.",
        keys: { cause: "Cause", mode: "Mode" },
        columns: [{ name: "Wakes", expr: `${sumBy(["cause", "mode"], increase(select("wakeDecisions")))} > 0`, unit: "short" }],
        sortBy: "Wakes",
      }),
    ),
  ],
};

const howFast: Section = {
  title: "How fast",
  lines: [
    evenly(
      8,
      timeseries({
        title: "Message to READY",
        description: "From a message's acceptance to READY of the session that it woke: median and 95th percentile by mode.",
        queries: [0.5, 0.95].map((q) => ({
          expr: quantile(q, ["mode"], rate(select("wakeLatency", {}, "bucket"))),
          legend: `{{mode}} p${q * 100}`,
        })),
        unit: "s",
        form: "points",
        interval: "5m",
      }),
      heatmap({
        title: "Message to READY, spread",
        description: "Each column shows how many wakes took how long.",
        expr: sumBy("le", increase(select("wakeLatency", {}, "bucket"), "$__rate_interval")),
        unit: "s",
        interval: "10m",
      }),
      timeseries({
        title: "Launches by outcome",
        description: "Bring-ups per hour by runtime and outcome; `failed` never became READY.",
        queries: [{ expr: perHour(["runtime", "outcome"], select("launchDuration", {}, "count")), legend: "{{runtime}} {{outcome}}" }],
        unit: PER_HOUR,
        form: "bars",
        interval: "5m",
      }),
    ),
    evenly(
      8,
      timeseries({
        title: "Launch duration",
        description: "From spawn to READY or to the failure of the bring-up, 95th percentile by runtime and mode.",
        queries: [
          { expr: quantile(0.95, ["runtime", "mode"], rate(select("launchDuration", {}, "bucket"))), legend: "{{runtime}} {{mode}}" },
        ],
        unit: "s",
        form: "points",
        interval: "5m",
      }),
      timeseries({
        title: "Bring-ups that the daemon began by itself",
        description:
          "Per hour: at once after a reset (`eager`), after an attempt that failed (`retry`), after a hold (`probe`); `gave-up` is the end of a row of retries.",
        queries: [{ expr: perHour(["kind", "outcome"], select("relaunches")), legend: "{{kind}} {{outcome}}" }],
        unit: PER_HOUR,
        form: "bars",
        interval: "5m",
      }),
    ),
  ],
};

const peerWakes = (mode: keyof typeof MODE_COLORS): string => sumBy(PEER, increase(select("peerWakes", { mode })));

const byPeer: Section = {
  title: "By peer",
  lines: [
    evenly(
      11,
      table({
        title: "Wakes of each peer",
        description: "Wake decisions in this time range by mode. A click on a peer opens its own dashboard.",
        keys: { "gen_ai.agent.name": "Peer" },
        columns: [
          { name: "Fresh", expr: peerWakes("fresh"), unit: "short" },
          { name: "Resumed", expr: peerWakes("resume"), unit: "short" },
          { name: "Refused", expr: peerWakes("refused"), unit: "short" },
          { name: "Failed", expr: peerWakes("fail"), unit: "short" },
        ],
        sortBy: "Fresh",
        link: { title: "This peer's life", url: `/d/${UIDS.peer}?var-peer=\${__value.raw}&\${job:queryparam}&\${__url_time_range}` },
      }),
    ),
  ],
};

const evidence: Section = {
  title: "Evidence",
  lines: [
    evenly(
      10,
      logLines({
        title: "Wake decisions",
        description: "Lines of lifecycle.log: each wake with its cause and the facts behind it. Needs Loki.",
        filter: '| ev="wake"',
      }),
      traces({
        title: "Wakes as traces",
        description: "Each wake with its launch, linked to the messages that waited and to the death or reset that led here. Needs Tempo.",
        filter: 'name="wake"',
      }),
    ),
  ],
};

export function wakeCauses(): Dashboard {
  return dashboard({
    uid: UIDS.wakeCauses,
    title: "Wake causes",
    description: "Why peers come up fresh or resume their conversation, by cause; what was refused; how long it took.",
    from: "now-24h",
    datasources: ["prometheus", "loki", "tempo"],
    sections: [atAGlance, why, howFast, byPeer, evidence],
  });
}
