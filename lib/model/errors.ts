/** What callers may see go wrong: `code` is stable, the message names the place, the value and what is accepted or to do next. */
export class IapeerError extends Error {
  override readonly name = "IapeerError";
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The message of anything thrown, for a reason field. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
