import { randomBytes, randomInt, randomUUID } from "node:crypto";
import type { Random } from "../ports/random.ts";

/** The system's randomness; the stream's name has no meaning here. */
export function nodeRandom(): Random {
  return {
    uuid: () => randomUUID(),
    fraction: () => randomInt(2 ** 47) / 2 ** 47,
  };
}

/** 32 random bytes as text that may stand in a link. */
export function freshSecret(): string {
  return randomBytes(32).toString("base64url");
}
