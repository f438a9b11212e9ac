import { afterEach } from "vitest";
import type { TelemetryStatus } from "../../../lib/telemetry/status.ts";
import { createFleet, type DaemonProcess, type Fleet } from "../../e2e/support/fleet.ts";

/** Sends soon, so that a test need not wait for a batch. */
export const QUICK = {
  OTEL_BSP_SCHEDULE_DELAY: "100",
  OTEL_BLRP_SCHEDULE_DELAY: "100",
  OTEL_METRIC_EXPORT_INTERVAL: "2000",
  OTEL_METRIC_EXPORT_TIMEOUT: "2000",
};

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

/** Is closed when the test is over. */
export function closing<T extends { close(): Promise<void> }>(one: T): T {
  open.push(one);
  return one;
}

/** A daemon with one sleeping demo peer. */
export async function stage(settings: Readonly<Record<string, string>>): Promise<{ fleet: Fleet; daemon: DaemonProcess }> {
  const fleet = closing(await createFleet({ IAPEER_SUPERVISE_SECS: "1", IAPEER_IDLE_SECS: "0", ...settings }));
  const daemon = await fleet.start();
  await fleet.create("scout");
  return { fleet, daemon };
}

export async function killAgent(fleet: Fleet, nth = 1): Promise<void> {
  const { pid } = await fleet.peer("scout");
  if (pid === null) throw new Error("scout has no process");
  process.kill(pid, "SIGKILL");
  await fleet.line({ ev: "exit", identity: "demo-scout", signal: "SIGKILL" }, nth);
}

export function statusOf(fleet: Fleet): Promise<TelemetryStatus> {
  return fleet.ask<TelemetryStatus>("telemetry");
}

/** What the daemon's own listener answers. */
export async function scrape(fleet: Fleet): Promise<{ status: number; type: string | null; text: string }> {
  const { http } = await fleet.ask<{ http: string }>("about");
  const response = await fetch(`${http}/metrics`);
  return { status: response.status, type: response.headers.get("content-type"), text: await response.text() };
}
