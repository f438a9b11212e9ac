/**
 * A machine in the field: lives through some traffic with the code that this file lies beside, and leaves its lifecycle.log.
 *
 *     node test/incident-defects/field-machine.ts FOLDER '{"seed":1,"peers":5,"hours":24}'
 *
 * Prints how many things happened to it. Nothing is judged: a machine goes on with its defect.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { makeScenario } from "../../sim/language/make-scenario.ts";
import { runScenario } from "../../sim/runner/index.ts";
import type { World } from "../../sim/world/api.ts";
import { createWorld } from "../../sim/world/world.ts";
import { type FieldTraffic, fieldTraffic } from "./traffic.ts";

const [folder = "", traffic = "{}"] = process.argv.slice(2);
const scenario = makeScenario(fieldTraffic(JSON.parse(traffic) as FieldTraffic));
const { failures } = await runScenario(scenario, {
  createWorld: (...given) => leavingLogs(createWorld(...given)),
  world: { fullTrace: false },
  hash: false,
});
for (const { got } of failures) process.stderr.write(`${got}\n`);
process.stdout.write(`${scenario.timeline.length}\n`);
process.exitCode = failures.length === 0 ? 0 : 1;

/** Takes the log off the virtual disk, with its rotated parts, before the machine is gone. */
function leavingLogs(world: World): World {
  const close = async (): Promise<void> => {
    mkdirSync(folder, { recursive: true });
    for (const path of world.files("logs/iapeer/lifecycle.log*")) writeFileSync(join(folder, basename(path)), world.file(path) ?? "");
    await world.close();
  };
  return new Proxy(world, { get: (target, key) => (key === "close" ? close : Reflect.get(target, key)) });
}
