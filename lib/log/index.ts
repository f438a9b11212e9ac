/** lifecycle.log (lifecycle §12): how a decision is written as one line, kept within bounds, and read again. */
export { decisionLine, type LifecycleLog, type LifecycleLogOptions, lifecycleLog } from "./lifecycle-log.ts";
export { formatLine, parseLine } from "./logfmt.ts";
export { type LogContent, type LogRecord, parseRecord, readLog } from "./read-log.ts";
export { type Visited, type VisitOptions, visitLog } from "./visit-log.ts";
