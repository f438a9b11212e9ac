import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { allDashboards } from "./all.ts";
import { rulesFiles } from "./rules/file.ts";

/** Every generated file by its path below `dashboards/`. */
export function generatedFiles(): ReadonlyMap<string, string> {
  const boards = Object.entries(allDashboards()).map(([name, board]) => [`json/${name}.json`, jsonText(board)] as const);
  return new Map([...boards, ...Object.entries(rulesFiles())]);
}

function jsonText(board: Dashboard): string {
  return `${JSON.stringify(board, null, 2)}\n`;
}
