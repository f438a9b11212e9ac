import { z } from "zod";

/** A crash-loop hold, `.hold`: survives the daemon, so that a restart is no way around the guard (lifecycle §8). */
const hold = z.object({
  level: z.int().positive(),
  openedAt: z.int(),
  /** Epoch ms, for people; within one boot the daemon counts `lengthMs` on the monotonic clock from `openedMonoMs`. */
  until: z.int(),
  lengthMs: z.number(),
  bootId: z.string(),
  openedMonoMs: z.number(),
  deaths: z.int(),
  /** Ring entry of the death that opened or lengthened it: counting that death again changes nothing. */
  lastDeath: z.int(),
  overrideUsed: z.boolean(),
  /** False until its line and its notice are out: a daemon that dies in between leaves them to the next one. */
  announced: z.boolean().exactOptional(),
});
export type Hold = Readonly<z.infer<typeof hold>>;

export function parseHold(text: string): Hold | null {
  try {
    return hold.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

export function formatHold(value: Hold): string {
  return `${JSON.stringify(value)}\n`;
}
