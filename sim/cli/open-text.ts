import { closeSync, createReadStream, openSync, readSync, statSync } from "node:fs";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { IapeerError } from "../../lib/model/errors.ts";

/** A file as text, unzipped where it is gzipped, whatever its name says. Errors come from the stream. */
export function openText(file: string): Readable {
  const raw = createReadStream(file);
  if (!isGzipped(file)) return raw.setEncoding("utf8");
  const unzipped = createGunzip();
  raw.on("error", (error) => unzipped.destroy(error));
  // Whoever looks at the beginning only closes what was opened.
  unzipped.on("close", () => raw.destroy());
  return raw.pipe(unzipped).setEncoding("utf8");
}

/** By the two bytes that every gzipped file begins with; of what is no file, such as a pipe, nothing may be read ahead. */
function isGzipped(file: string): boolean {
  const [first, second] = beginning(file, 2);
  return first === 0x1f && second === 0x8b;
}

function beginning(file: string, bytes: number): Buffer {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return Buffer.alloc(0);
  try {
    const descriptor = openSync(file, "r");
    try {
      const buffer = Buffer.alloc(bytes);
      return buffer.subarray(0, readSync(descriptor, buffer, 0, bytes, 0));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // It is opened again to be read, and then says what is wrong with it.
    return Buffer.alloc(0);
  }
}

export type ContentKind = "log" | "traces";

/** So much of a file is looked at, in characters. */
const LOOKED_AT = 1 << 16;

/** Something packed, or protobuf. A log has zeros at most where power was lost. */
function isBinary(text: string): boolean {
  return text.includes("\u0000") && !/^ts=/m.test(text) && !/"resource(Spans|Metrics|Logs)"/.test(text);
}

/** JSON begins with a bracket, or was cut off before it and names what it holds; a line of lifecycle.log begins with its time, and escapes quotes. Rejects `no-log`. */
export async function contentKind(file: string): Promise<ContentKind> {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return "log";
  let text = "";
  try {
    for await (const chunk of openText(file)) {
      text += String(chunk);
      if (text.length >= LOOKED_AT) break;
    }
  } catch {
    // As much as could be read decides; reading it whole says what is wrong.
  }
  if (isBinary(text)) throw new IapeerError("no-log", `${file}: neither lifecycle.log nor OTLP/JSON, as text or gzipped: unpack it first`);
  return /^\uFEFF?\s*[[{]/.test(text) || /"resource(Spans|Metrics|Logs)"\s*:/.test(text) ? "traces" : "log";
}
