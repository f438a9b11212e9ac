import { decisionLine, formatLine, type LogRecord, parseRecord, type Visited, visitLog } from "../log/index.ts";
import type { Decision } from "../model/decision.ts";
import { reasonOf } from "../model/errors.ts";
import { parseIsoTime } from "../model/time.ts";
import { sleep } from "../ports/clock.ts";
import type { DecisionRow, History, SpanName } from "./contract.ts";
import type { FleetViewParts } from "./fleet-view.ts";
import type { StreamEvent } from "./hub.ts";
import { decisionRow } from "./model/decision-row.ts";
import { createPeerTracker, type PeerTracker } from "./model/peers.ts";
import { createRecent, type RecentQuery } from "./model/recent.ts";
import { createTally, type DayCounts } from "./model/tally.ts";

const KEEP_ROWS = 3_000;
const FIRST_ROWS = 150;
/** Default settings keep 30 MiB; what somebody keeps beyond that is not worth the memory and the time. */
const MAX_LOG_BYTES = 32 * 1024 * 1024;
/** A line is written just after its decision was fed; the reading begins when those of the moment have been. */
const SETTLE_MS = 200;

/** Every decision: what the log holds, then what the feed tells. */
export interface Book {
  /** Begins to listen and to read, once; true when that was now. */
  begin(): boolean;
  loaded(): boolean;
  readonly whenLoaded: Promise<void>;
  readonly tracker: PeerTracker;
  first(): { rows: DecisionRow[]; more: boolean };
  after(id: string | null): StreamEvent[];
  find(query: RecentQuery): { rows: DecisionRow[]; more: boolean };
  history(span: SpanName): History;
  day(): DayCounts;
  close(): void;
}

/** Decisions from the log, then those of the feed, each once and in one order. */
export function createBook(parts: FleetViewParts, onRow: (row: DecisionRow) => void): Book {
  const [recent, tally, tracker] = [createRecent(KEEP_ROWS), createTally(), createPeerTracker()];
  const loading = Promise.withResolvers<void>();
  let [begun, loaded, number, note] = [false, false, 0, ""];
  let held: LogRecord[] = [];
  let stop = (): void => {};

  const add = (record: LogRecord): DecisionRow => {
    const at = parseIsoTime(record.ts) ?? 0;
    const row = decisionRow(`${parts.start}-${++number}`, at, record);
    recent.push(row);
    tally.add(at, record, parts.clock.wallMs());
    tracker.add(at, record);
    return row;
  };
  const onDecision = (decision: Decision): void => {
    const record = parseRecord(decisionLine(decision));
    if (record === null) return;
    if (loaded) onRow(add(record));
    else held.push(record);
  };
  const load = async (): Promise<void> => {
    await sleep(parts.clock, SETTLE_MS);
    note = await readPast(parts, add, () => held);
    for (const record of held) add(record);
    [held, loaded] = [[], true];
    loading.resolve();
  };
  const first = (): { rows: DecisionRow[]; more: boolean } => recent.find({ limit: FIRST_ROWS, before: null, who: null, ev: null });
  return {
    whenLoaded: loading.promise,
    tracker,
    loaded: () => loaded,
    begin: () => {
      if (begun) return false;
      begun = true;
      stop = parts.feed.subscribe(onDecision);
      load().catch(parts.onDefect);
      return true;
    },
    first,
    after: (id) => {
      const missed = id === null ? null : recent.after(id);
      if (missed === null) return [{ event: "recent", data: first() }];
      return missed.map((row) => ({ event: "decision", data: row, id: row.id }));
    },
    find: (query) => recent.find(query),
    history: (span) => tally.history(span, parts.clock.wallMs(), loaded ? note : "the log is being read"),
    day: () => tally.day(parts.clock.wallMs()),
    close: () => stop(),
  };
}

/** Reads the log up to what the feed has told meanwhile; resolves with what a reader of the charts should know. */
async function readPast(parts: FleetViewParts, add: (record: LogRecord) => void, held: () => readonly LogRecord[]): Promise<string> {
  const { disk, clock, logFolder } = parts;
  const visit = (record: LogRecord): void => {
    if (!held().some((live) => live.ts === record.ts && formatLine(live) === formatLine(withoutTrace(record)))) add(record);
  };
  try {
    return noteOf(await visitLog({ disk, clock, folder: logFolder, maxBytes: MAX_LOG_BYTES, visit }));
  } catch (error) {
    return `earlier decisions could not be read: ${reasonOf(error)}`;
  }
}

/** The line has the ids of the span besides; the fed decision does not know them. */
function withoutTrace(record: LogRecord): LogRecord {
  const { trace_id: _trace, span_id: _span, ...rest } = record;
  return rest as LogRecord;
}

function noteOf({ damaged, skippedParts }: Visited): string {
  return [
    ...(skippedParts > 0 ? [`${skippedParts} older parts of the log were not read`] : []),
    ...(damaged > 0 ? [`${damaged} damaged lines were passed over`] : []),
  ].join("; ");
}
