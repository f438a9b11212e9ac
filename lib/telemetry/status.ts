import type { Losses } from "./otel/losses.ts";
import type { Signal, TelemetryPlan } from "./switches.ts";

/** What the daemon's telemetry does, for `iapeer doctor` and whoever asks. */
export interface TelemetryStatus {
  readonly sdk: TelemetryPlan["sdk"];
  /** Signals that really have an exporter. */
  readonly signals: readonly Signal[];
  /** Is `/metrics` given out? */
  readonly metrics: boolean;
  readonly losses: Losses;
}
