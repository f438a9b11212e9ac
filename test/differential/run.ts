import { lstat, mkdtemp, readdir, realpath, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { nodeDisk } from "../../lib/adapters/disk.ts";
import { type Disk, DiskError } from "../../lib/ports/disk.ts";
import { virtualDisk } from "../../sim/world/disk.ts";
import type { Probe, Step } from "./probes.ts";

/** A disk under test, with what the port does not offer. */
export interface Bench {
  readonly disk: Disk;
  /** An existing empty folder. */
  readonly root: string;
  /** Makes a symbolic link; rejects when its folder is missing or its name is taken. */
  link(path: string, target: string): Promise<string>;
  /** Paths below the root that exist now, with permission bits. */
  tree(): Promise<readonly Left[]>;
  dispose(): Promise<void>;
}

interface Left {
  readonly path: string;
  readonly mode: number;
}

/** One line per step and one per path that is left: what must be equal. */
export async function outcomes(bench: Bench, probe: Probe): Promise<string[]> {
  const answers: string[] = [];
  for (const step of probe.steps) answers.push(`${shown(step.join(" "))} → ${shown(await answerOf(bench, step))}`);
  for (const { path, mode } of await bench.tree()) {
    const content = await bench.disk.read(path).catch((error: unknown) => (error instanceof DiskError ? error.code : String(error)));
    answers.push(`left: ${shown(path.slice(bench.root.length + 1))} ${mode.toString(8)} ${JSON.stringify(content)}`);
  }
  return answers;
}

async function answerOf({ disk, root, link }: Bench, [operation, ...given]: Step): Promise<string> {
  const [first = "", second] = given;
  const path = first === "." ? root : `${root}/${first}`;
  if (operation === "link") return link(path, String(second)).catch(() => "refused");
  const method = disk[operation as keyof Disk] as (path: string, second?: unknown) => Promise<unknown>;
  try {
    const value = await method(path, operation === "rename" ? `${root}/${second}` : second);
    return comparable(value).replaceAll(root, "<root>");
  } catch (error) {
    return error instanceof DiskError ? error.code : `not a DiskError: ${String(error)}`;
  }
}

/** Without what must differ: inodes, times, and the size of a folder. */
function comparable(value: unknown): string {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return JSON.stringify(value) ?? "done";
  const { kind, size } = value as { kind: string; size: number };
  return JSON.stringify(kind === "folder" ? { kind } : { kind, size });
}

function shown(text: string): string {
  return text.length > 90 ? `${text.slice(0, 60)}…(${text.length})` : text;
}

export async function realBench(): Promise<Bench> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "iapeer-differential-")));
  const tree = async (): Promise<Left[]> => (await leftBelow(root)).sort((a, b) => (a.path < b.path ? -1 : 1));
  const link = (path: string, target: string): Promise<string> => symlink(target, path).then(() => "linked");
  return { disk: nodeDisk(), root, tree, link, dispose: () => rm(root, { recursive: true }) };
}

/** Links are left alone: Node's own recursive listing would follow them. */
async function leftBelow(folder: string): Promise<Left[]> {
  const left: Left[] = [];
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const facts = await lstat(path);
    left.push({ path, mode: facts.isSymbolicLink() ? 0o777 : facts.mode & 0o7777 });
    if (facts.isDirectory()) left.push(...(await leftBelow(path)));
  }
  return left;
}

export async function simulatedBench(): Promise<Bench> {
  const root = "/differential/root";
  const world = virtualDisk({ wallMs: () => 0, elapsedMs: () => 0, root });
  world.pokeFolder(root);
  const disk = world.forOwner("probe");
  /** The world's own `link` makes folders as needed, which `symlink` does not. */
  const link = async (path: string, target: string): Promise<string> => {
    if (world.mode(path) !== null || (await disk.stat(dirname(path)))?.kind !== "folder") throw new Error("refused");
    world.link(path, target);
    return "linked";
  };
  return {
    disk,
    root,
    link,
    tree: async () =>
      [...world.paths(), ...world.folders()]
        .filter((path) => path.startsWith(`${root}/`))
        .sort()
        .map((path) => ({ path, mode: world.mode(path) ?? -1 })),
    dispose: async () => {},
  };
}
