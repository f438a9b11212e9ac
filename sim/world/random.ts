/**
 * Randomness of a simulated run: one stream per name, derived from the seed and the name alone, so that a new consumer moves nobody
 * else's draws. The daemon's streams (the port) and the world's own live in separate name spaces.
 */
import type { Random } from "../../lib/ports/random.ts";

/** One per run, not per daemon: a restarted daemon must not draw the same UUIDs again. */
export interface VirtualRandom extends Random {
  /** The world's stream of that name; each call of the result draws uniformly from [0, 1). */
  stream(name: string): () => number;
}

export function virtualRandom(seed: number): VirtualRandom {
  const streams = new Map<string, () => number>();
  const named = (name: string): (() => number) => {
    const stream = streams.get(name) ?? generator(`${seed}:${name}`);
    streams.set(name, stream);
    return stream;
  };
  const words = (name: string): (() => number) => named(`daemon:${name}`);
  return {
    uuid: (stream) => uuidOf(words(stream)),
    fraction: (stream) => fractionOf(words(stream)),
    stream(name) {
      const source = named(`world:${name}`);
      return () => fractionOf(source);
    },
  };
}

/** 32 random bits as a number in [0, 1). */
function fractionOf(word: () => number): number {
  return word() / 2 ** 32;
}

/** RFC 9562 version 4: 122 random bits, version and variant in their places. */
function uuidOf(word: () => number): string {
  const [a, b, c, d] = [word(), word(), word(), word()];
  const hex = [a, (b & 0xffff0fff) | 0x4000, (c & 0x3fffffff) | 0x80000000, d]
    .map((part) => (part >>> 0).toString(16).padStart(8, "0"))
    .join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** sfc32 (Chris Doty-Humphrey, PractRand), public domain: 32 bits per call, state filled from a hash of the key. */
function generator(key: string): () => number {
  let [a, b, c, counter] = [hashOf(key, 1), hashOf(key, 2), hashOf(key, 3), 1];
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let warmUp = 0; warmUp < 16; warmUp += 1) next();
  return next;
}

/** FNV-1a over the key's code units, finished with the mixer of MurmurHash3. */
function hashOf(key: string, salt: number): number {
  let hash = 0x811c9dc5 ^ Math.imul(salt, 0x9e3779b1);
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
