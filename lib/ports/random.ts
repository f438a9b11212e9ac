/** Randomness in named streams, so that a new consumer moves nobody else's draws. */
export interface Random {
  /** A fresh RFC 9562 v4 UUID of the stream. */
  uuid(stream: string): string;
  /** Uniform in [0, 1). `identity` says whom the draw is about. */
  fraction(stream: string, identity?: string): number;
}
