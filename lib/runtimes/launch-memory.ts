/**
 * What was asked of the launches of this daemon's life, by instance: a session does not say whether it was resumed or with which
 * permissions. After a daemon restart nothing is known, and an adapter then takes the careful answer.
 */
import type { LaunchRequest } from "../ports/index.ts";

export interface LaunchMemory {
  remember(request: LaunchRequest): void;
  get(instance: string): Pick<LaunchRequest, "mode" | "permissions"> | null;
}

/** Keeps the newest `keep` launches. */
export function createLaunchMemory(keep = 512): LaunchMemory {
  const launches = new Map<string, Pick<LaunchRequest, "mode" | "permissions">>();
  return {
    remember: ({ instance, mode, permissions }) => {
      launches.delete(instance);
      launches.set(instance, { mode, permissions });
      const oldest = launches.size > keep ? launches.keys().next().value : undefined;
      if (oldest !== undefined) launches.delete(oldest);
    },
    get: (instance) => launches.get(instance) ?? null,
  };
}
