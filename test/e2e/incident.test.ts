import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { createFleet, type Fleet, hasTmux } from "./support/fleet.ts";

let fleet: Fleet;
afterEach(() => fleet.close());

/** The log of real processes under kills and restarts, and what the simulator makes of it. */
describe.runIf(hasTmux)("the log of a real daemon", { timeout: 120_000 }, () => {
  test("becomes a scenario in which the same is decided again", async () => {
    fleet = await createFleet({ IAPEER_IDLE_SECS: "3", IAPEER_SUPERVISE_SECS: "1" });
    const first = await fleet.start();
    for (const peer of ["ada", "bert"]) await fleet.create(peer);
    expect(await fleet.send("ada", "remember lighthouse", { topic: "alpha" })).toMatchObject({ stage: "landed" });
    await fleet.send("bert", "hello");
    process.kill(Number((await fleet.peer("bert")).pid), "SIGKILL");
    await fleet.line({ ev: "exit", identity: "demo-bert", signal: "SIGKILL" });
    await fleet.line({ ev: "supervise", identity: "demo-ada", action: "reaped-idle" });
    await fleet.send("ada", "which word?", { topic: "alpha" });
    await fleet.end(first, "SIGKILL");
    const second = await fleet.start();
    await fleet.line({ ev: "supervise", identity: "demo-ada", action: "adopted" });
    await fleet.ask("stop", { peer: "ada" });
    expect(await fleet.send("ada", "refused", { waitMs: 500 })).toMatchObject({ stage: "refused" });
    await fleet.ask("start", { peer: "ada" });
    await fleet.send("bert", "once more");
    await fleet.line({ ev: "supervise", identity: "demo-bert", action: "reaped-idle" });
    await fleet.send("ada", "something new", { topic: "beta" });
    await fleet.ask("new", { peer: "bert" });
    await fleet.end(second);

    const file = join(fleet.root, "incident.yaml");
    const imported = await fleet.iapeer(["incident", "import", join(fleet.root, "logs/iapeer/lifecycle.log"), "-o", file]);
    expect(imported.err).toMatch(/replayed: all \d+ decisions come out again/);
    expect(imported).toMatchObject({ code: 0, out: "" });
    const text = readFileSync(file, "utf8");
    expect(text).toContain("signal: SIGKILL");
    expect(text).toContain("daemon: crash");
    expect(text).not.toContain("lighthouse");
    const run = await fleet.iapeer(["sim", "run", file]);
    expect(run, run.out).toMatchObject({ code: 0 });
  });
});
