import { createFleet, pause } from "../test/e2e/support/fleet.ts";
import { type Benchmark, percentile, short, timed } from "./report.ts";

/** From a sender's request to its `landed`, over the control socket, with the demo agent in real tmux. */
export const messageLatency: Benchmark = async ({ full, say }) => {
  const times = full ? 100 : 12;
  const fleet = await createFleet({ IAPEER_IDLE_SECS: "0", IAPEER_DEMO_TURN_MS: "1" });
  const samples = { live: [] as number[], resumed: [] as number[], fresh: [] as number[] };
  const land = async (what: keyof typeof samples, n: number): Promise<void> => {
    const { ms, value } = await timed(() => fleet.send("scout", `${what} ${n}`));
    if (value.stage !== "landed" || value.woke !== (what !== "live")) throw new Error(`${what}: ${value.stage}, woke ${value.woke}`);
    samples[what].push(ms);
  };
  try {
    await fleet.start();
    await fleet.create("scout");
    await fleet.send("scout", "warm up");
    say(`${times} messages to a live peer`);
    for (let n = 0; n < times; n += 1) {
      await pause(100);
      await land("live", n);
    }
    for (const what of ["resumed", "fresh"] as const) {
      say(`${times / 2} wakes, ${what}`);
      for (let n = 0; n < times / 2; n += 1) {
        await fleet.ask("stop", { peer: "scout" });
        await fleet.ask("start", { peer: "scout" });
        if (what === "fresh") await fleet.ask("refresh", { peer: "scout" });
        await land(what, n);
      }
    }
  } finally {
    await fleet.close();
  }
  const row = (title: string, values: readonly number[]): (string | number)[] => [
    title,
    values.length,
    short(percentile(values, 0.5)),
    short(percentile(values, 0.99)),
  ];
  return {
    name: "message-latency",
    title: "Message → landed",
    about:
      "One message at a time, until the agent's own record holds it. A wake includes tmux, the start of the agent (Node) and its first look at the composer.",
    head: ["peer", "messages", "p50 ms", "p99 ms"],
    rows: [row("live and idle", samples.live), row("asleep, resumed", samples.resumed), row("asleep, fresh", samples.fresh)],
    data: samples,
  };
};
