import * as grafana from "@grafana/grafana-foundation-sdk/dashboard";

/** From which value on which colour holds, rising. Below the first it is green. */
export type Steps = readonly (readonly [from: number, color: string])[];

export function thresholds(steps: Steps): grafana.ThresholdsConfigBuilder {
  return new grafana.ThresholdsConfigBuilder()
    .mode(grafana.ThresholdsMode.Absolute)
    .steps([{ value: null, color: "green" }, ...steps.map(([value, color]) => ({ value, color }))]);
}
