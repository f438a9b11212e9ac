import { type Document, isMap, isSeq } from "yaml";
import { entryCount, openDocument } from "./document.ts";
import type { Search } from "./search.ts";

/** So often the last record may be expected instead. */
const TIMES = [2, 3, 4];

/**
 * Two entries that expect records as one, last ones first. Where the earlier one only says “after that”, the same is said by how often the last
 * record is expected in all.
 */
export async function mergeExpectations(search: Search): Promise<void> {
  for (let index = entryCount(openDocument(search.best)) - 1; index > 0; index -= 1) {
    if (await search.attempt((document) => merge(document, index))) continue;
    for (const times of TIMES) if (await search.attempt((document) => count(document, index, times))) break;
  }
}

/** The records of the nearest such entry before go into this one. */
function merge(document: Document, index: number): void {
  const [records, earlier] = [recordsOf(document, index), before(document, index)];
  if (records === null || earlier === null) return;
  records.items.unshift(...(recordsOf(document, earlier)?.items ?? []));
  document.deleteIn(["timeline", earlier]);
}

function count(document: Document, index: number, times: number): void {
  const [records, earlier] = [recordsOf(document, index), before(document, index)];
  const last = records?.items.at(-1);
  if (records === null || earlier === null || !isMap(last)) return;
  for (let time = 1; time < times; time += 1) records.items.push(last.clone());
  document.deleteIn(["timeline", earlier]);
}

function before(document: Document, index: number): number | null {
  for (let earlier = index - 1; earlier >= 0; earlier -= 1) if (recordsOf(document, earlier) !== null) return earlier;
  return null;
}

/** The list of an entry that does nothing but expect records. */
function recordsOf(document: Document, index: number) {
  const entry = document.getIn(["timeline", index]);
  const expected = document.getIn(["timeline", index, "expect"]);
  if (!isMap(entry) || !isMap(expected) || expected.items.length !== 1) return null;
  const plain = entry.items.every(({ key }) => ["at", "expect", "because"].includes(String(key)));
  const log = expected.get("log");
  return plain && isSeq(log) ? log : null;
}
