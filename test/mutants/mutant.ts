import { globSync, readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parse } from "yaml";
import { z } from "zod";

/** The repository: paths in mutants and of scenarios are relative to it. */
export const REPOSITORY = resolve(fileURLToPath(import.meta.url), "../../..");

const schema = z.strictObject({
  /** What somebody might do wrong, as a sentence. */
  defect: z.string().regex(/^[A-Z].*[^.]$/),
  /** The file of the product that it sits in. */
  file: z.string().regex(/^lib\/(lifecycle|router|storage|log|telemetry)\//),
  /** Occurs exactly once in the file; a final line end is not part of it. */
  find: z.string().min(1),
  replace: z.string(),
  /** Scenario files (globs below `scenarios/`, without `.yaml`) that are likely to catch it: run before the others. */
  tryFirst: z.array(z.string()).default([]),
  /** Scenario files for `sim crashes`, should the catalogue not see it. */
  crashes: z.array(z.string()).max(2).default([]),
});

/** One planted defect: a small edit of the product that a harness worth its name must catch. */
export interface Mutant extends z.infer<typeof schema> {
  /** Name of its file. */
  readonly name: string;
}

/** A mutant that cannot be planted: it no longer fits the code, or its own file is wrong. */
export class MutantError extends Error {
  override readonly name = "MutantError";
}

/** All mutants, by name. Throws {@link MutantError} for a file that is none. */
export function loadMutants(folder = `${REPOSITORY}/test/mutants/defects`): Mutant[] {
  return globSync(`${folder}/*.yaml`).sort().map(loadMutant);
}

function loadMutant(path: string): Mutant {
  const name = basename(path, ".yaml");
  const parsed = schema.safeParse(parse(readFileSync(path, "utf8")));
  if (!parsed.success) throw new MutantError(`test/mutants/defects/${name}.yaml: ${z.prettifyError(parsed.error)}`);
  const { find, replace } = parsed.data;
  return { name, ...parsed.data, find: find.replace(/\n$/, ""), replace: replace.replace(/\n$/, "") };
}

/** A source file with the defect in it. */
export interface PlantedSource {
  readonly url: string;
  readonly text: string;
}

/** Puts the defect into its file's text. Throws {@link MutantError} unless the text to find occurs there exactly once. */
export function plant({ name, file, find, replace }: Pick<Mutant, "name" | "file" | "find" | "replace">): PlantedSource {
  const text = readSource(name, file);
  const pieces = text.split(find);
  if (pieces.length !== 2) {
    const found = pieces.length === 1 ? "does not occur" : `occurs ${pieces.length - 1} times`;
    throw new MutantError(
      `test/mutants/defects/${name}.yaml: its text to find ${found} in ${file}; a mutant follows the code, so mend it:\n${find}`,
    );
  }
  if (find === replace) throw new MutantError(`test/mutants/defects/${name}.yaml: it replaces its text by the same text`);
  return { url: pathToFileURL(`${REPOSITORY}/${file}`).href, text: pieces.join(replace) };
}

function readSource(name: string, file: string): string {
  try {
    return readFileSync(`${REPOSITORY}/${file}`, "utf8");
  } catch {
    throw new MutantError(`test/mutants/defects/${name}.yaml: there is no ${file} (any more)`);
  }
}
