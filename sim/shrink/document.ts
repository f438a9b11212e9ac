import { type Document, isCollection, isMap, isPair, isScalar, isSeq, parseDocument, visit } from "yaml";

export type Path = readonly (string | number)[];

/** A scenario file as a document that can be edited and keeps its comments. */
export function openDocument(text: string): Document {
  return parseDocument(text, { logLevel: "silent", uniqueKeys: false });
}

/** The text of a document; null when it cannot be written, because what an alias stands for is gone. */
export function writeDocument(document: Document): string | null {
  try {
    return document.toString({ lineWidth: 140 });
  } catch {
    return null;
  }
}

/** An entry of the timeline is a step that a reader has to follow: as much as so many pieces. */
const ENTRY_WEIGHS = 20;

/** Pieces of the file, texts about it aside. */
export function weightOf(document: Document): number {
  let weight = ENTRY_WEIGHS * entryCount(document);
  visit(document, {
    Pair: (_key, { key }, path) => (path.length === 2 && isScalar(key) && key.value === "about" ? visit.SKIP : undefined),
    Node: () => {
      weight += 1;
    },
  });
  return weight;
}

export function entryCount(document: Document): number {
  const timeline = document.get("timeline");
  return isSeq(timeline) ? timeline.items.length : 0;
}

/** Takes pieces out, the later ones first, so that paths stay what they are; maps and lists that become empty go too where they may. */
export function removeAll(document: Document, paths: readonly Path[]): void {
  const within = (path: Path): boolean =>
    paths.some((other) => other.length < path.length && other.every((step, index) => step === path[index]));
  for (const path of paths.filter((one) => !within(one)).sort(laterFirst)) {
    if (document.hasIn(path)) document.deleteIn(path);
    removeEmpty(document, path.slice(0, -1));
  }
}

/** An entry without an action or expectation, and an emptied list of records, say nothing (an emptied `log` would say “nothing”). */
function removeEmpty(document: Document, path: Path): void {
  if (path.length === 0 || (path.length === 2 && path[0] === "peers")) return;
  const node = document.getIn(path);
  if (!isCollection(node)) return;
  const onlyTime = path.length === 2 && path[0] === "timeline" && isMap(node) && node.items.every(({ key }) => HUSK.includes(String(key)));
  if (node.items.length > 0 && !onlyTime) return;
  document.deleteIn(path);
  removeEmpty(document, path.slice(0, -1));
}

/** Keys that mean nothing by themselves in an entry. */
const HUSK = ["at", "because", "repeat"];

function laterFirst(left: Path, right: Path): number {
  for (let index = 0; ; index += 1) {
    const [one, other] = [left[index], right[index]];
    if (one === undefined || other === undefined) return right.length - left.length;
    if (one === other) continue;
    return typeof one === "number" && typeof other === "number" ? other - one : String(other).localeCompare(String(one));
  }
}

/** Paths of all keys and items below a place, outer ones first. */
export function piecesBelow(document: Document, at: Path): Path[] {
  const node = at.length === 0 ? document.contents : document.getIn(at);
  if (isMap(node)) {
    return node.items.flatMap((pair) => {
      const path = [...at, String(isScalar(pair.key) ? pair.key.value : pair.key)];
      return [path, ...piecesBelow(document, path)];
    });
  }
  if (!isSeq(node)) return [];
  return node.items.flatMap((_item, index) => [[...at, index], ...piecesBelow(document, [...at, index])]);
}

/** Every single value of the document with its path. */
export function scalarsOf(document: Document): { readonly path: Path; readonly value: unknown }[] {
  return piecesBelow(document, []).flatMap((path) => {
    const node = document.getIn(path, true);
    return isScalar(node) ? [{ path, value: node.value }] : [];
  });
}

/** Every text of the document that is this one, keys too, as another. */
export function renameAll(document: Document, from: string, to: string): void {
  visit(document, {
    Scalar: (_key, scalar) => {
      if (scalar.value === from) scalar.value = to;
    },
    Pair: (_key, pair) => {
      if (isPair(pair) && isScalar(pair.key) && pair.key.value === from) pair.key.value = to;
    },
  });
}
