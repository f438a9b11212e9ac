import { increase, maxBy, metricName, PEER, selecting, sumBy } from "../promql.ts";
import { RECORDED } from "./recording.ts";

export interface Alert {
  readonly alert: string;
  readonly expr: string;
  /** How long it has to hold. */
  readonly for: string;
  /** `critical`: nothing works as it should, now; `warning`: a person should look today. */
  readonly severity: "critical" | "warning";
  readonly summary: string;
  readonly description: string;
}

const select = selecting([]);
const { deaths, afterCrash, woken, wokenLately, bootFailures, exitReaction, passAge } = RECORDED;

const FLEET = "{{ $labels.job }}";
const WHO = `{{ $labels.${PEER} }}`;
const inState = (state: string): string => `${maxBy(["job", PEER], select("peers", { state }))} == 1`;
const lastPass = metricName("superviseLast");

const peers: readonly Alert[] = [
  {
    alert: "IapeerPeerHeld",
    expr: inState("held"),
    for: "1m",
    severity: "warning",
    summary: `Peer ${WHO} is held after a crash loop`,
    description: "It died several times within minutes. Its messages are kept; one probe follows after the hold.",
  },
  {
    alert: "IapeerPeerWaitsForPerson",
    expr: inState("waiting"),
    for: "15m",
    severity: "warning",
    summary: `Peer ${WHO} waits for a person`,
    description: "Its agent shows a dialog that nobody may answer for you. Until then its messages wait.",
  },
  {
    alert: "IapeerMessagesWaiting",
    expr: `(${maxBy(["job", PEER], select("inboxOldestAge"))} > 1800) unless on (job, ${PEER}) (${inState("held")} or ${inState("waiting")})`,
    for: "5m",
    severity: "warning",
    summary: `A message to ${WHO} has waited for {{ $value | humanizeDuration }}`,
    description: "The peer is neither held nor waiting for a person. It may be in one long turn, or its session takes nothing in.",
  },
  {
    alert: "IapeerCrashesRising",
    expr: `${deaths.record} > 5 unless ${deaths.record} <= 2 * avg_over_time(${deaths.record}[1d] offset 1h)`,
    for: "5m",
    severity: "warning",
    summary: `Sessions of ${FLEET} die more often than usual`,
    description:
      "{{ printf `%.0f` $value }} sessions crashed, closed themselves or failed to boot within an hour: more than twice the mean of the day before.",
  },
  {
    alert: "IapeerFreshAfterCrashes",
    expr: `${woken.record} >= 5 and ${afterCrash.record} / ${woken.record} > 0.5`,
    for: "15m",
    severity: "warning",
    summary: `Most wakes of ${FLEET} start fresh because the session before crashed`,
    description:
      "Of {{ printf `%.0f` $value }} wakes in six hours, more than half lost their conversation to a crash or a session that closed itself.",
  },
  {
    alert: "IapeerLaunchesFailing",
    expr: `${bootFailures.record} > 2.5 and ${bootFailures.record} > 0.2 * ${wokenLately.record}`,
    for: "5m",
    severity: "warning",
    summary: `Sessions of ${FLEET} do not come up`,
    description: "{{ printf `%.0f` $value }} bring-ups failed within an hour: more than a fifth of all wakes.",
  },
  {
    alert: "IapeerReapFailed",
    expr: `${sumBy("job", increase(select("superviseDecisions", { action: "reap-failed" }), "15m"))} > 0`,
    for: "0m",
    severity: "warning",
    summary: `A session of ${FLEET} could not be ended`,
    description: "The daemon wanted to end a session and its processes are still there.",
  },
];

const daemon: readonly Alert[] = [
  {
    alert: "IapeerDaemonAbsent",
    expr: `(group by (job) (last_over_time(${lastPass}[1d])) unless group by (job) (${lastPass})) or absent_over_time(${lastPass}[1d])`,
    for: "5m",
    severity: "critical",
    summary: "No iapeer daemon reports",
    description: "Nothing wakes peers, and messages are not taken in. Or the daemon runs and its metrics do not arrive.",
  },
  {
    alert: "IapeerSuperviseStalled",
    expr: `${passAge.record} > 300`,
    for: "1m",
    severity: "critical",
    summary: `The supervisor of ${FLEET} has made no pass for {{ $value | humanizeDuration }}`,
    description: "A pass is due every minute. The daemon answers, but it neither parks nor notices what it missed.",
  },
  {
    alert: "IapeerExitReactionSlow",
    expr: `${exitReaction.record} > 2.5`,
    for: "10m",
    severity: "warning",
    summary: `Ends of sessions of ${FLEET} are noticed late`,
    description: "The 95th percentile from a process's end to the decision about it is {{ $value | humanizeDuration }}.",
  },
  {
    alert: "IapeerLogLinesLost",
    expr: `${sumBy("job", increase(select("logFailures"), "15m"))} > 0`,
    for: "0m",
    severity: "critical",
    summary: `Decisions of ${FLEET} are not logged`,
    description: "Lines of lifecycle.log could not be written, most often for want of room on the disk.",
  },
  {
    alert: "IapeerExportFailing",
    expr: `${sumBy(["job", "signal"], increase(select("exportFailures"), "15m"))} > 3`,
    for: "15m",
    severity: "warning",
    summary: `{{ $labels.signal }} of ${FLEET} are not exported`,
    description: "The collector refuses or does not answer. The daemon is not slowed, but what it sends is lost.",
  },
];

export const ALERTS: readonly Alert[] = [...peers, ...daemon];
