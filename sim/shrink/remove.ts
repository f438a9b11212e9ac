import { type Document, isMap, isScalar, isSeq } from "yaml";
import { VERBS } from "../language/schema/actions.ts";
import { ddmin } from "./ddmin.ts";
import { entryCount, openDocument, type Path, piecesBelow, removeAll } from "./document.ts";
import type { Search } from "./search.ts";

/** Looks for the fewest of some units without which the best text no longer holds; `remove` takes units out of a copy of it. */
async function fewest<T>(search: Search, units: readonly T[], remove: (document: Document, gone: readonly T[]) => void): Promise<void> {
  const base = search.best;
  await ddmin(units, (kept) => {
    const stays = new Set(kept);
    const gone = units.filter((unit) => !stays.has(unit));
    return search.attempt((document) => remove(document, gone), base);
  });
}

/** Whole peers, with everything that is done to them and said about them. */
export function removePeers(search: Search): Promise<void> {
  const peers = openDocument(search.best).get("peers");
  const names = isMap(peers) ? peers.items.map(({ key }) => String(key)) : [];
  return fewest(search, names, (document, gone) => {
    const entries = entriesOf(document).filter(({ peer }) => peer !== null && gone.includes(peer));
    const about = mentions(document, (word) => gone.some((name) => word === name || word.endsWith(`-${name}`)));
    const acts = entries.flatMap(({ index, verb }) => (verb === null ? [] : [["timeline", index, verb]]));
    removeAll(document, [...acts, ...about, ...messageMentions(document, entries), ...gone.map((name) => ["peers", name])]);
  });
}

/** Everything that is expected anywhere, each entry's as one piece. */
export function removeExpectations(search: Search): Promise<void> {
  const document = openDocument(search.best);
  const inEntries = entriesOf(document).map(({ index }): Path => ["timeline", index, "expect"]);
  const units: Path[] = [...inEntries, ["expect"], ["eventually"], ["never"]];
  return fewest(
    search,
    units.filter((path) => document.hasIn(path)),
    removeAll,
  );
}

/** Entries of the timeline, with what is expected of the messages that they send. */
export function removeEntries(search: Search): Promise<void> {
  const units = entriesOf(openDocument(search.best)).map(({ index }) => index);
  return fewest(search, units, removeTimeline);
}

/** Takes these entries out. */
export function removeTimeline(document: Document, gone: readonly number[]): void {
  const leaving = new Set(gone);
  const entries = entriesOf(document).filter(({ index }) => leaving.has(index));
  removeAll(document, [...gone.map((index): Path => ["timeline", index]), ...messageMentions(document, entries)]);
}

/** Keys of actions, peers, settings and expectations, items of lists. What must be there makes a file that is no scenario. */
export function removePieces(search: Search): Promise<void> {
  const document = openDocument(search.best);
  const units = piecesBelow(document, []).filter((path) => {
    const [top] = path;
    if (top === "scenario" || top === "about") return false;
    if (top === "timeline") return path.length > 2 && !(path.length === 3 && path[2] === "at");
    return top === "peers" ? path.length > 2 : true;
  });
  return fewest(search, units, removeAll);
}

interface EntryInfo {
  readonly index: number;
  readonly verb: string | null;
  readonly peer: string | null;
  /** Name of the message that it sends; a repeated one has followers `name-2`, … */
  readonly message: string | null;
}

function entriesOf(document: Document): EntryInfo[] {
  return Array.from({ length: entryCount(document) }, (_, index) => {
    const entry = document.getIn(["timeline", index]);
    const verb = isMap(entry) ? VERBS.find((one) => entry.has(one)) : undefined;
    if (verb === undefined) return { index, verb: null, peer: null, message: null };
    const word = (key: string): string | null => {
      const value = document.getIn(["timeline", index, verb, key]);
      return typeof value === "string" ? value : null;
    };
    const whole = document.getIn(["timeline", index, verb]);
    const bare = verb !== "daemon" && verb !== "host" && typeof whole === "string" ? whole : null;
    return { index, verb, peer: bare ?? word("peer") ?? word("to") ?? word("probe"), message: verb === "send" ? word("as") : null };
  });
}

function messageMentions(document: Document, entries: readonly EntryInfo[]): Path[] {
  const names = entries.flatMap(({ message }) => message ?? []);
  if (names.length === 0) return [];
  return mentions(document, (word) => names.some((name) => word === name || (word.startsWith(`${name}-`) && /-\d+$/.test(word))));
}

/** Keys and items of expectations that name something, a record as a whole. */
function mentions(document: Document, isMeant: (word: string) => boolean): Path[] {
  return piecesBelow(document, []).flatMap((path): Path[] => {
    const top = path[0] === "timeline" ? path[2] : path[0];
    if (top !== "expect" && top !== "eventually" && top !== "never") return [];
    const last = path.at(-1);
    if (typeof last === "string" && isMeant(last)) return [path];
    const node = document.getIn(path, true);
    if (!isScalar(node) || typeof node.value !== "string" || !isMeant(node.value)) return [];
    const list = document.getIn(path.slice(0, -1));
    return isSeq(list) ? [path] : [path.slice(0, -1)];
  });
}
