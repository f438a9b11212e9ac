import { metricName, quantile, rate, selecting, sumBy } from "../promql.ts";
import { DEATHS, UP } from "../vocabulary.ts";

export interface RecordingRule {
  /** `<labels that stay>:<what>:<how>`. */
  readonly record: string;
  readonly expr: string;
}

/** Rules see every job; alerts tell them apart by label. */
const select = selecting([]);
const grown = (series: string, window: string): string => `increase(${series}[${window}])`;

const after = (cause: string): string => select("wakeDecisions", { cause });

/** What the alerts compare with their bounds, computed once and kept, so that it can be drawn beside them. */
export const RECORDED = {
  deaths: {
    record: "job:iapeer_session_deaths:increase1h",
    expr: sumBy("job", grown(select("sessionExits", { class: DEATHS }), "1h")),
  },
  afterCrash: {
    record: "job:iapeer_wakes_after_crash:increase6h",
    expr: sumBy("job", grown(after("crash-or-self-close"), "6h")),
  },
  woken: {
    record: "job:iapeer_wakes_up:increase6h",
    expr: sumBy("job", grown(select("wakeDecisions", { mode: UP }), "6h")),
  },
  wokenLately: {
    record: "job:iapeer_wakes_up:increase1h",
    expr: sumBy("job", grown(select("wakeDecisions", { mode: UP }), "1h")),
  },
  bootFailures: {
    record: "job:iapeer_boot_failures:increase1h",
    expr: sumBy("job", grown(select("sessionExits", { class: "boot-failed" }), "1h")),
  },
  exitReaction: {
    record: "job:iapeer_exit_reaction_seconds:p95_15m",
    expr: quantile(0.95, ["job"], rate(select("exitReaction", {}, "bucket"), "15m")),
  },
  passAge: {
    record: "job:iapeer_supervise_age_seconds:now",
    expr: `time() - max by (job) (${metricName("superviseLast")})`,
  },
} as const satisfies Readonly<Record<string, RecordingRule>>;
