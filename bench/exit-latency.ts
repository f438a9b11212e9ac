import { createFleet, pause } from "../test/e2e/support/fleet.ts";
import { type Benchmark, percentile, short } from "./report.ts";

const PEERS = 10;

/** From SIGKILL of an agent to the stamp of the daemon's `ev=exit` line, on one machine's wall clock. */
export const exitLatency: Benchmark = async ({ full, say }) => {
  const rounds = full ? 20 : 3;
  const samples: number[] = [];
  const fleet = await createFleet({ IAPEER_IDLE_SECS: "0", IAPEER_CRASHLOOP_MAX: "16", IAPEER_CRASHLOOP_WINDOW_SECS: "1" });
  try {
    await fleet.start();
    const peers = Array.from({ length: PEERS }, (_, n) => `peer${n}`);
    for (const peer of peers) await fleet.create(peer);
    for (let round = 1; round <= rounds; round += 1) {
      say(`round ${round} of ${rounds}`);
      await Promise.all(peers.map((peer) => fleet.send(peer, `round ${round}`)));
      for (const peer of peers) {
        const { pid, instance } = await fleet.peer(peer);
        const killedAt = Date.now();
        process.kill(pid ?? 0, "SIGKILL");
        const line = await fleet.line({ ev: "exit", identity: `demo-${peer}`, instance: instance ?? "" });
        samples.push(Date.parse(line.ts) - killedAt);
        await pause(50);
      }
    }
  } finally {
    await fleet.close();
  }
  return {
    name: "exit-latency",
    title: "Exit → decision",
    about:
      "SIGKILL of a live demo agent in its tmux, until the daemon's ev=exit line with class and signal; safety pass every 60 s, so events alone.",
    head: ["", "kills", "p50 ms", "p99 ms", "max ms"],
    rows: [
      ["exit → ev=exit", samples.length, short(percentile(samples, 0.5)), short(percentile(samples, 0.99)), short(Math.max(...samples))],
    ],
    data: { samples },
  };
};
