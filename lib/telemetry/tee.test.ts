import { expect, test } from "vitest";
import { noTelemetry, type Telemetry } from "../ports/telemetry.ts";
import { tee } from "./tee.ts";

const CONTEXT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const DECISION = { at: 1, ev: "wake", fields: {} } as const;

function noted(name: string, calls: string[], context: string | null = null): Telemetry {
  const note = (call: string): void => void calls.push(`${name} ${call}`);
  const answer = <T>(call: string, value: T): T => {
    note(call);
    return value;
  };
  return {
    trace: ({ ev }) => answer(`trace ${ev}`, context),
    decision: ({ ev }, of) => note(`decision ${ev} ${of}`),
    occurrence: ({ kind }) => answer(`occurrence ${kind}`, context),
    pass: (startedAt) => answer(`pass ${startedAt}`, { context, end: (at, ms) => note(`pass-end ${at} ${ms}`) }),
    accept: ({ id }) => answer(`accept ${id}`, { context, end: ({ stage }) => note(`accept-end ${stage}`) }),
    notice: ({ kind }) => note(`notice ${kind}`),
  };
}

function tellAll(telemetry: Telemetry): (string | null)[] {
  const pass = telemetry.pass(1);
  pass.end(2, 3);
  const accept = telemetry.accept({ at: 1, id: "m", to: "scout", length: 1, parent: null });
  accept.end({ at: 2, stage: "accepted", identity: null, error: null });
  telemetry.notice({ at: 1, kind: "disk", text: "" });
  telemetry.decision(DECISION, CONTEXT);
  return [telemetry.trace(DECISION), telemetry.occurrence({ kind: "stage", at: 1, stage: "held" }), pass.context, accept.context];
}

test("everybody hears everything, and whoever traces gives the context", () => {
  const calls: string[] = [];
  const both = tee([noted("a", calls), noted("b", calls, CONTEXT)], () => {});
  expect(tellAll(both)).toEqual([CONTEXT, CONTEXT, CONTEXT, CONTEXT]);
  expect(calls.filter((call) => call.startsWith("a")).map((call) => call.slice(2))).toEqual(
    calls.filter((call) => call.startsWith("b")).map((call) => call.slice(2)),
  );
  expect(calls).toHaveLength(16);
});

test("nobody is nobody", () => {
  expect(tellAll(tee([], () => {}))).toEqual([null, null, null, null]);
});

test("one that throws is reported and hurts neither the others nor the caller", () => {
  const calls: string[] = [];
  const defects: unknown[] = [];
  const fail = (): never => {
    throw new Error("broken");
  };
  const broken: Telemetry = {
    ...noTelemetry,
    trace: fail,
    decision: fail,
    occurrence: fail,
    notice: fail,
    accept: fail,
    pass: () => ({ context: null, end: fail }),
  };
  const both = tee([broken, noted("b", calls, CONTEXT)], (error) => defects.push(error));
  expect(tellAll(both)).toEqual([CONTEXT, CONTEXT, CONTEXT, CONTEXT]);
  expect(calls).toHaveLength(8);
  expect(defects).toHaveLength(6);
});
