/** What a screen of the demo agent says; pure. The last row is the status line, the composer stands above it behind `›`. */
import type { Activity, Screen } from "../../ports/index.ts";
import type { BootSight } from "../tui/bring-up.ts";
import type { Composer, View } from "../tui/view.ts";

const STATUS = /^demo · (idle|busy|waiting) · /;

function statusRow(screen: Screen): { row: number; turn: Activity["turn"] } | null {
  const row = screen.lines.findLastIndex((line) => line.trim() !== "");
  const turn = STATUS.exec(screen.lines[row] ?? "")?.[1];
  return turn === undefined ? null : { row, turn: turn as Activity["turn"] };
}

function composerOf(screen: Screen, bottom: number): Composer {
  const first = screen.lines.findLastIndex((line, row) => row < bottom && /^›(?: |$)/.test(line));
  if (first < 0 || screen.cursor.row < first || screen.cursor.row >= bottom) return { state: "hidden" };
  const rows = screen.lines.slice(first, bottom).map((line) => line.slice(2));
  const text = rows.join("\n").trimEnd();
  return text === "" ? { state: "empty" } : { state: "text", text, collapsed: /^\[Pasted \d+ lines/.test(text) };
}

export function demoView(screen: Screen): View {
  const status = statusRow(screen);
  if (status === null) return { composer: { state: "hidden" }, dialog: null, turn: "unknown" };
  const dialog = status.turn === "waiting" ? "the demo agent asks a question: answer it in the session with 1 or 2" : null;
  return { composer: dialog === null ? composerOf(screen, status.row) : { state: "hidden" }, dialog, turn: status.turn };
}

export function demoBoot(screen: Screen): BootSight {
  const view = demoView(screen);
  if (view.composer.state !== "hidden") return { kind: "composer" };
  if (view.dialog !== null) return { kind: "person", reason: view.dialog };
  const text = screen.lines.join("\n");
  const rejected = /^nothing to resume: \S+/m.exec(text);
  if (rejected !== null) return { kind: "rejected", reason: rejected[0] };
  const failed = /^(?:session \S+ exists already|usage: demo .*|the demo agent needs a terminal)/m.exec(text);
  return failed === null ? { kind: "wait" } : { kind: "failed", reason: failed[0] };
}
