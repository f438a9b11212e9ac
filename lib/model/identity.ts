import { IapeerError } from "./errors.ts";

/** Names of peers and runtimes, and the identity that keys everything about a session (lifecycle §2). */
const PERSONALITY = /^[a-z][a-z0-9-]{0,31}$/;
const RUNTIME = /^[a-z][a-z0-9]{0,31}$/;

export function isPersonality(name: string): boolean {
  return PERSONALITY.test(name);
}

export function isRuntimeName(name: string): boolean {
  return RUNTIME.test(name);
}

/** Throws `bad-name` with what is accepted; an invalid name is refused, never repaired silently. */
export function checkPersonality(name: string): string {
  if (isPersonality(name)) return name;
  throw new IapeerError("bad-name", `"${name}" is not a peer name: a lower-case letter, then up to 31 of a–z, 0–9 and "-"`);
}

export function checkRuntimeName(name: string): string {
  if (isRuntimeName(name)) return name;
  throw new IapeerError("bad-name", `"${name}" is not a runtime name: a lower-case letter, then up to 31 of a–z and 0–9, no dash`);
}

/** `<runtime>-<personality>`. */
export function identityOf(runtime: string, personality: string): string {
  return `${checkRuntimeName(runtime)}-${checkPersonality(personality)}`;
}

/** Splits an identity at the FIRST dash; null when either part is illegal. */
export function parseIdentity(identity: string): { runtime: string; personality: string } | null {
  const dash = identity.indexOf("-");
  if (dash < 0) return null;
  const [runtime, personality] = [identity.slice(0, dash), identity.slice(dash + 1)];
  return isRuntimeName(runtime) && isPersonality(personality) ? { runtime, personality } : null;
}
