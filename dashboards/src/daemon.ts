import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { dashboard, select, UIDS } from "./board.ts";
import { evenly, type Section } from "./layout.ts";
import { heatmap } from "./panels/heatmap.ts";
import { stat } from "./panels/stat.ts";
import { timeseries } from "./panels/timeseries.ts";
import { increase, max, quantile, rate, sum, sumBy } from "./promql.ts";
import { PER_HOUR } from "./vocabulary.ts";

const MINUTE = 60;

const health: Section = {
  title: "Health",
  lines: [
    evenly(
      4,
      stat({
        title: "Last pass",
        description: "How long ago the supervisor's last pass ended; one is due every minute.",
        expr: `time() - ${max(select("superviseLast"))}`,
        unit: "s",
        decimals: 0,
        steps: [
          [2 * MINUTE, "yellow"],
          [5 * MINUTE, "red"],
        ],
        noValue: "no daemon",
      }),
      stat({
        title: "Exit noticed within",
        description: "95th percentile from the last moment a process was seen alive to the decision about its end, in this time range.",
        expr: quantile(0.95, [], increase(select("exitReaction", {}, "bucket"))),
        unit: "s",
        steps: [
          [1, "yellow"],
          [2.5, "red"],
        ],
      }),
      stat({
        title: "Delivered within",
        description: "Median from a message's acceptance to its landing, in this time range.",
        expr: quantile(0.5, [], increase(select("deliveryLatency", {}, "bucket"))),
        unit: "s",
      }),
      stat({
        title: "Sessions not ended",
        description: "Ends of sessions that the daemon wanted and could not reach (`reap-failed`), in this time range.",
        expr: sum(increase(select("superviseDecisions", { action: "reap-failed" }))),
        unit: "short",
        decimals: 0,
        steps: [[1, "red"]],
      }),
      stat({
        title: "Lost log lines",
        description: "Lines of lifecycle.log that could not be written, in this time range.",
        expr: sum(increase(select("logFailures"))),
        unit: "short",
        decimals: 0,
        steps: [[1, "red"]],
      }),
      stat({
        title: "Failed exports",
        description: "Exports of telemetry that failed, in this time range. They never slow the daemon; what they carried is lost.",
        expr: sum(increase(select("exportFailures"))),
        unit: "short",
        decimals: 0,
        steps: [[1, "yellow"]],
      }),
    ),
  ],
};

const passes: Section = {
  title: "Passes of the supervisor",
  lines: [
    evenly(
      8,
      timeseries({
        title: "Duration of a pass",
        description: "Median and 99th percentile. A pass looks at every session once.",
        queries: [0.5, 0.99].map((q) => ({
          expr: quantile(q, [], rate(select("superviseDuration", {}, "bucket"))),
          legend: `p${q * 100}`,
        })),
        unit: "s",
        interval: "5m",
      }),
      heatmap({
        title: "Duration of passes, spread",
        description: "Each column shows how many passes took how long.",
        expr: sumBy("le", increase(select("superviseDuration", {}, "bucket"), "$__rate_interval")),
        unit: "s",
        interval: "5m",
      }),
      timeseries({
        title: "Time between passes",
        description: "Mean time from one pass to the next; a minute unless set otherwise.",
        queries: [{ expr: `1 / (${sumBy("job", rate(select("superviseDuration", {}, "count")))} > 0)`, legend: "{{job}}" }],
        unit: "s",
        interval: "5m",
      }),
    ),
    evenly(
      8,
      timeseries({
        title: "Decisions of supervision",
        description: "Per hour by action. `alive` is left out: it is the rule.",
        queries: [
          {
            expr: `3600 * ${sumBy("action", rate(select("superviseDecisions", { action: { regex: "reap.*|needs.*|adopted|skipped.*" } })))} > 0`,
            legend: "{{action}}",
          },
        ],
        unit: PER_HOUR,
        form: "bars",
        interval: "5m",
      }),
      timeseries({
        title: "Exit reaction",
        description: "From the last moment a process was seen alive to the decision about its end: median and 95th percentile.",
        queries: [0.5, 0.95].map((q) => ({ expr: quantile(q, [], rate(select("exitReaction", {}, "bucket"))), legend: `p${q * 100}` })),
        unit: "s",
        form: "points",
        interval: "5m",
        steps: [[2.5, "red"]],
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
        title: "Deliveries by stage",
        description: "Messages per hour by the stage that they reached; one message reaches several.",
        queries: [{ expr: `3600 * ${sumBy("stage", rate(select("deliveries")))}`, legend: "{{stage}}" }],
        unit: PER_HOUR,
        form: "bars",
        interval: "5m",
        colors: { landed: "green", failed: "red", refused: "purple", held: "orange" },
      }),
      timeseries({
        title: "Accepted to landed",
        description:
          "From a message's acceptance to its landing: median and 95th percentile. Messages to busy peers wait for the end of the turn.",
        queries: [0.5, 0.95].map((q) => ({ expr: quantile(q, [], rate(select("deliveryLatency", {}, "bucket"))), legend: `p${q * 100}` })),
        unit: "s",
        form: "points",
        interval: "5m",
      }),
    ),
  ],
};

const records: Section = {
  title: "Logs and exports",
  lines: [
    evenly(
      7,
      timeseries({
        title: "Size of lifecycle.log",
        description: "The newest part; it starts anew after each rotation.",
        queries: [{ expr: `max by (job) (${select("logBytes")})`, legend: "{{job}}" }],
        unit: "bytes",
      }),
      timeseries({
        title: "Lost log lines",
        description: "Lines of lifecycle.log per hour that could not be written, most often for want of room on the disk.",
        queries: [{ expr: `3600 * ${sumBy("job", rate(select("logFailures")))}`, legend: "{{job}}" }],
        unit: PER_HOUR,
        form: "bars",
        interval: "5m",
      }),
      timeseries({
        title: "Failed exports by signal",
        description: "Failed exports of telemetry per hour.",
        queries: [{ expr: `3600 * ${sumBy("signal", rate(select("exportFailures")))}`, legend: "{{signal}}" }],
        unit: PER_HOUR,
        form: "bars",
        interval: "5m",
      }),
    ),
  ],
};

export function daemonHealth(): Dashboard {
  return dashboard({
    uid: UIDS.daemon,
    title: "Daemon",
    description: "Whether the daemon itself is well: its passes, how fast it notices ends, deliveries, its log and its exports.",
    from: "now-6h",
    datasources: ["prometheus"],
    sections: [health, passes, messages, records],
  });
}
