/** A peer as its profile declares it (lifecycle §2, §3). */
export interface PeerProfile {
  readonly personality: string;
  readonly defaultRuntime: string;
  readonly runtimes: readonly string[];
  readonly nature: Nature;
  readonly cwd: string;
  readonly description?: string;
  /** First turn of every fresh session. */
  readonly initialPrompt?: string;
  /** Human interfaces (`telegram`, …): any one makes the peer conversational. */
  readonly interfaces?: Readonly<Record<string, unknown>>;
  /** May the agent act without asking? Never `bypass` by default. */
  readonly permissions: "ask" | "bypass";
}

export type Nature = "artificial" | "natural" | "absent";

/** A dialogue with a person is never reset behind their back; every other agent peer is an executor (§2). */
export type PeerKind = "conversational" | "executor";

export function kindOf(profile: Pick<PeerProfile, "interfaces">): PeerKind {
  return Object.keys(profile.interfaces ?? {}).length > 0 ? "conversational" : "executor";
}
