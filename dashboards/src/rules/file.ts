import { stringify } from "yaml";
import { ALERTS, type Alert } from "./alerts.ts";
import { RECORDED } from "./recording.ts";

/** Where runbooks are: below the external label `runbooks` of Prometheus when it is set, else in this repository. */
function runbookUrl(alert: string): string {
  return `{{ with $externalLabels.runbooks }}{{ . }}{{ else }}docs/runbooks{{ end }}/${alert}.md`;
}

function alertRule({ alert, expr, for: hold, severity, summary, description }: Alert): Record<string, unknown> {
  return { alert, expr, for: hold, labels: { severity }, annotations: { summary, description, runbook_url: runbookUrl(alert) } };
}

const HEAD = "# Written by `npm run dashboards` from dashboards/src/rules; do not edit.\n";

function rulesFile(name: string, rules: readonly unknown[]): string {
  return HEAD + stringify({ groups: [{ name, interval: "30s", rules }] }, { lineWidth: 0 });
}

/** Every file of rules by its path below `dashboards/`. */
export function rulesFiles(): Readonly<Record<string, string>> {
  return {
    "prometheus/rules/recording.yaml": rulesFile("iapeer-recording", Object.values(RECORDED)),
    "prometheus/rules/alerts.yaml": rulesFile("iapeer-alerts", ALERTS.map(alertRule)),
  };
}
