/**
 * What a screen of Claude Code says; pure. Measured on 2.1.197: the composer is the row after `❯` between two rules at the bottom, with the
 * cursor inside; a dialog takes its place and has the cursor on an option below the last rule; the title starts with `✳` when idle and with
 * a braille spinner when busy.
 */
import type { Activity, Screen } from "../../ports/index.ts";
import type { BootSight } from "../tui/bring-up.ts";
import type { Composer, View } from "../tui/view.ts";

const RULE = /^\s*─{10,}/;
const PROMPT = /^([❯!#&])(?:[\u00a0 ](.*))?$/;
const PLACEHOLDER = /^(?:Try "|Press up to edit queued messages)/;
const COLLAPSED = /\[Pasted text #\d+/;
const OPTION = /^\s*❯\s*(\d+)\.\s+(.*)$/;

/** Rows of the two bottom rules, when the cursor stands between them. */
function frame(screen: Screen): { top: number; bottom: number } | null {
  const bottom = screen.lines.findLastIndex((line) => RULE.test(line));
  const top = screen.lines.findLastIndex((line, row) => row < bottom && RULE.test(line));
  const inside = top >= 0 && screen.cursor.row > top && screen.cursor.row < bottom;
  return inside ? { top, bottom } : null;
}

/** The input line, its placeholder texts told from typed text by the cursor. */
export function claudeComposer(screen: Screen): Composer {
  const rows = frame(screen);
  if (rows === null) return { state: "hidden" };
  const [first = "", ...rest] = screen.lines.slice(rows.top + 1, rows.bottom);
  const prompt = PROMPT.exec(first);
  if (prompt === null) return { state: "hidden" };
  const text = [prompt[2] ?? "", ...rest.map((line) => line.replace(/^ {2}/, ""))].join("\n").trim();
  // In shell mode (`!`) even an empty composer is not one that a message may be typed into.
  if (prompt[1] !== "❯") return { state: "text", text: `${prompt[1]}${text}`, collapsed: false };
  const atHome = screen.cursor.row === rows.top + 1 && screen.cursor.column <= 2;
  if (text === "" || (atHome && PLACEHOLDER.test(text))) return { state: "empty" };
  return { state: "text", text, collapsed: COLLAPSED.test(text) };
}

/** Idle or busy by the terminal's title; a cross-check for when there is no status file. */
export function claudeTitleTurn(title: string): Activity["turn"] {
  if (title.startsWith("✳")) return "idle";
  return /^[\u2800-\u28ff]/.test(title) ? "busy" : "unknown";
}

/**
 * Dialogs by pieces of their text, all of which must be there, the careful ones first: a permission prompt shows text of the agent's choosing,
 * which may quote any other dialog.
 */
const DIALOGS: readonly { readonly name: string; readonly signs: readonly RegExp[] }[] = [
  { name: "permission", signs: [/Do you want to (?:proceed|make this edit|create)/] },
  { name: "login", signs: [/Select login method/] },
  { name: "api key", signs: [/Detected a custom API key in your environment/] },
  { name: "bypass", signs: [/running in Bypass Permissions mode/, /\d\. Yes, I accept/, /Enter to confirm · Esc to cancel\s*$/] },
  { name: "trust", signs: [/Accessing workspace:/, /\d\. Yes, I trust this folder/, /Enter to confirm · Esc to cancel\s*$/] },
  { name: "theme", signs: [/Choose the text style/, /❯ \d\. (?:Auto|Dark mode|Light mode)/] },
  { name: "security notes", signs: [/^\s*Security notes:/m, /Press Enter to continue…?\s*$/] },
];

/** What stands below the last rule: a dialog begins with one, and the conversation above it may say anything. */
function below(screen: Screen): string {
  return screen.lines.slice(screen.lines.findLastIndex((line) => RULE.test(line)) + 1).join("\n");
}

/** The dialog that has the keyboard; "unknown" for a list of options that nobody described; null when there is none. */
export function claudeDialog(screen: Screen): string | null {
  if (frame(screen) !== null) return null;
  const text = below(screen);
  const known = DIALOGS.find(({ signs }) => signs.every((sign) => sign.test(text)));
  if (known !== undefined) return known.name;
  return text.split("\n").some((line) => OPTION.test(line)) ? "unknown" : null;
}

/** The text of the option under the dialog's cursor. */
function option(screen: Screen): string {
  const row =
    below(screen)
      .split("\n")
      .findLast((line) => OPTION.test(line)) ?? "";
  return OPTION.exec(row)?.[2] ?? "";
}

export function claudeView(screen: Screen): View {
  const dialog = claudeDialog(screen);
  return {
    composer: claudeComposer(screen),
    dialog: dialog === null ? null : `Claude Code shows a dialog (${dialog}): ${option(screen) || "see the screen"}`,
    turn: claudeTitleTurn(screen.title),
  };
}

/** What the CLI prints before it ends by itself during its start. */
const ENDINGS: readonly { readonly sign: RegExp; readonly kind: "rejected" | "failed" }[] = [
  { sign: /^No conversation found with session ID: \S+/m, kind: "rejected" },
  { sign: /^No conversation found to continue/m, kind: "rejected" },
  { sign: /^(?:Error: )?Session ID \S+ is already in use\.?/m, kind: "failed" },
  { sign: /^(?:Error: )?Invalid session ID\..*/m, kind: "failed" },
  { sign: /^.*cannot be used with root\/sudo privileges.*/m, kind: "failed" },
  { sign: /^\s*Unable to connect to Anthropic services/m, kind: "failed" },
];

function answer(dialog: string, key: string): BootSight {
  return { kind: "answer", dialog, key };
}

/**
 * Only what needs no person is answered: the look (theme), the notes that want Enter, and, for a peer whose owner gave it
 * `permissions: bypass`, that very mode and the trust in the peer's own folder. Trust lets the folder's settings, hooks and MCP servers
 * run, so for a peer that must ask it is the owner's answer; keys and logins always are.
 */
function onDialog(dialog: string, screen: Screen, permissions: "ask" | "bypass"): BootSight {
  const chosen = option(screen);
  if (dialog === "theme" || dialog === "security notes") return answer(dialog, "Enter");
  if (dialog === "bypass" && permissions === "bypass") return answer(dialog, /^Yes, I accept/.test(chosen) ? "Enter" : "Down");
  if (dialog === "trust" && permissions === "bypass") return answer(dialog, /^Yes, I trust/.test(chosen) ? "Enter" : "Up");
  return {
    kind: "person",
    reason: `Claude Code asks at its start (${dialog}): answer it in the session; the choice stands at "${chosen}"`,
  };
}

/** What one screen means to a session that comes up. */
export function claudeBoot(screen: Screen, permissions: "ask" | "bypass"): BootSight {
  const rows = frame(screen);
  if (rows !== null && claudeComposer(screen).state !== "hidden") {
    const footer = screen.lines.slice(rows.bottom + 1).join("\n");
    return /Not logged in/.test(footer)
      ? { kind: "person", reason: "Claude Code is not logged in: open the session and run /login" }
      : { kind: "composer" };
  }
  const text = screen.lines.join("\n");
  for (const { sign, kind } of ENDINGS) {
    const found = sign.exec(text);
    if (found !== null) return { kind, reason: found[0].trim() };
  }
  const dialog = claudeDialog(screen);
  return dialog === null || dialog === "unknown" ? { kind: "wait" } : onDialog(dialog, screen, permissions);
}
