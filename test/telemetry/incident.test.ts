import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hasTmux } from "../e2e/support/fleet.ts";
import { createReceiver } from "./support/receiver.ts";
import { closing, killAgent, QUICK, stage } from "./support/stage.ts";

test.runIf(hasTmux)(
  "what a real daemon exports as OTLP/JSON is a scenario in which the same is decided again, with and without its log",
  async () => {
    const receiver = closing(await createReceiver());
    const env = {
      ...QUICK,
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_METRICS_EXPORTER: "none",
    };
    const { fleet, daemon } = await stage({ ...env, IAPEER_IDLE_SECS: "3" });
    await fleet.create("clerk");
    await fleet.send("scout", "remember lighthouse", { topic: "alpha" });
    await fleet.send("clerk", "hello");
    await killAgent(fleet);
    await fleet.line({ ev: "supervise", identity: "demo-clerk", action: "reaped-idle" });
    await fleet.send("scout", "which word?", { topic: "alpha" });
    expect(await fleet.end(daemon)).toBe(0);
    const second = await fleet.start({ ...env, IAPEER_IDLE_SECS: "3" });
    await fleet.ask("stop", { peer: "clerk" });
    expect(await fleet.send("clerk", "refused", { waitMs: 500 })).toMatchObject({ stage: "refused" });
    await fleet.ask("start", { peer: "clerk" });
    await fleet.send("clerk", "once more");
    expect(await fleet.end(second)).toBe(0);

    const bodies = receiver.json.filter(({ path }) => path === "/v1/traces").map(({ text }) => text);
    expect(bodies.length).toBeGreaterThan(3);
    const traces = join(fleet.root, "traces.json");
    writeFileSync(traces, bodies.toReversed().join("\n"));
    const log = join(fleet.root, "logs/iapeer/lifecycle.log");
    const decisionsIn = (said: string): string | undefined => /, (\d+) decisions/.exec(said)?.[1];
    const told: (string | undefined)[] = [];
    for (const [name, files] of Object.entries({ traces: [traces], log: [log], both: [log, traces] })) {
      const file = join(fleet.root, `${name}.yaml`);
      const imported = await fleet.iapeer(["incident", "import", ...files, "-o", file]);
      expect([name, imported.err]).toEqual([name, expect.stringMatching(/replayed: all \d+ decisions come out again/)]);
      expect([name, imported.err]).toEqual([name, expect.not.stringContaining("passed over")]);
      expect(imported.code).toBe(0);
      told.push(decisionsIn(imported.err));
      const text = readFileSync(file, "utf8");
      expect(text).toContain("signal: SIGKILL");
      expect(text).not.toContain("lighthouse");
      expect(await fleet.iapeer(["sim", "run", file])).toMatchObject({ code: 0 });
    }
    expect(told).toEqual([told[1], told[1], told[1]]);
  },
);
