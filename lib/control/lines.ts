/** Cuts a byte stream into lines. Bytes, not text: a character may arrive in two pieces. */
export interface LineSplitter {
  /** Whole lines so far; null when the line under way is longer than allowed. */
  push(chunk: Uint8Array): string[] | null;
}

const NEWLINE = 10;

export function lineSplitter(maxBytes: number): LineSplitter {
  const decoder = new TextDecoder();
  let pieces: Uint8Array[] = [];
  let held = 0;
  return {
    push(chunk) {
      const lines: string[] = [];
      let from = 0;
      for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
        if (held + end - from > maxBytes) return null;
        lines.push(decoder.decode(Buffer.concat([...pieces, chunk.subarray(from, end)])));
        [pieces, held, from] = [[], 0, end + 1];
      }
      pieces.push(chunk.subarray(from));
      held += chunk.length - from;
      return held > maxBytes ? null : lines;
    },
  };
}
