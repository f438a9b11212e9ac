import { describe } from "vitest";
import { endCases } from "./host-end.ts";
import { exitCases } from "./host-exits.ts";
import type { MakeHostHarness } from "./host-harness.ts";
import { probeCases, spawnCases } from "./host-spawn.ts";
import { type HostStage, hostStage } from "./host-stage.ts";
import { adoptionCases, sweepCases } from "./host-sweep.ts";

export type { AgentKind, AgentPlan, HostHarness, MakeHostHarness } from "./host-harness.ts";

const GROUPS: Readonly<Record<string, (stage: HostStage) => void>> = {
  probe: probeCases,
  spawn: spawnCases,
  exits: exitCases,
  end: endCases,
  sweep: sweepCases,
  adoption: adoptionCases,
};

/** What every session host promises (lib/ports/host.ts, lifecycle §6, §7, §9), run against the real one and the simulated one. */
export function hostConformance(name: string, makeHarness: MakeHostHarness): void {
  describe(`session host: ${name}`, () => {
    for (const [group, cases] of Object.entries(GROUPS)) {
      describe(group, () => cases(hostStage(makeHarness)));
    }
  });
}
