import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { nodeDisk } from "../../lib/adapters/disk.ts";
import { virtualClock } from "../../sim/world/clock.ts";
import { virtualDisk } from "../../sim/world/disk.ts";
import { diskConformance } from "./disk.ts";

diskConformance("the real one", async () => {
  const root = await realpath(await mkdtemp(join(tmpdir(), "iapeer-disk-")));
  return { disk: nodeDisk(), root, pause: () => delay(15), dispose: () => rm(root, { recursive: true }) };
});

diskConformance("the simulated one", async () => {
  const clock = virtualClock({ startMs: Date.UTC(2026, 0, 1) });
  const world = virtualDisk({ wallMs: clock.wallMs, elapsedMs: clock.elapsedMs, root: "/home/peer/.iapeer" });
  world.pokeFolder("/home/peer/.iapeer");
  const pause = async (): Promise<void> => clock.advanceTo(clock.elapsedMs() + 15);
  return { disk: world.forOwner("daemon"), root: "/home/peer/.iapeer", pause, dispose: async () => {} };
});
