/**
 * The harness can fail: each planted defect is put into the product by itself, and the catalogue, or `sim crashes`, must catch it.
 *
 *     node test/mutants/run.ts [--jobs N] [--write] [NAME…]
 *
 * `--write` puts the table into docs/mutants.md. Exit status: 0 every mutant was caught; 1 one survived; 3 one cannot be planted.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { findFiles } from "../../sim/cli/files.ts";
import { loadMutants, type Mutant, MutantError, plant, REPOSITORY } from "./mutant.ts";
import { allOf, inThread } from "./pool.ts";
import { isBrokenCode, markdownTable, type Verdict, verdictLine } from "./report.ts";
import type { Catch } from "./worker.ts";

const PAGE = `${REPOSITORY}/docs/mutants.md`;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof MutantError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 3;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { jobs: { type: "string", default: String(Math.min(4, availableParallelism())) }, write: { type: "boolean", default: false } },
  });
  process.chdir(REPOSITORY);
  const started = performance.now();
  const mutants = chosen(loadMutants(), positionals);
  plantAll(mutants);
  const jobs = Math.max(1, Number(values.jobs) || 1);
  const catalogue = await baseline(jobs);
  const verdicts = await allOf(mutants, jobs, (mutant) => tryMutant(mutant, catalogue));
  if (values.write && positionals.length === 0) writePage(verdicts);
  return summary(verdicts, performance.now() - started);
}

function chosen(mutants: readonly Mutant[], names: readonly string[]): Mutant[] {
  const unknown = names.find((name) => !mutants.some((mutant) => mutant.name === name));
  if (unknown !== undefined) throw new MutantError(`there is no test/mutants/defects/${unknown}.yaml`);
  return mutants.filter(({ name }) => names.length === 0 || names.includes(name));
}

/** Every mutant that no longer fits its file at once: who changed the code mends them in one go. */
function plantAll(mutants: readonly Mutant[]): void {
  const misfits = mutants.flatMap((mutant) => {
    try {
      plant(mutant);
      return [];
    } catch (error) {
      if (error instanceof MutantError) return [error.message];
      throw error;
    }
  });
  if (misfits.length > 0) throw new MutantError(misfits.join("\n"));
}

/** The catalogue without a defect; what does not pass even so is left out, aloud: it could not say that a defect made the difference. */
async function baseline(jobs: number): Promise<string[]> {
  const files = findFiles(["scenarios/**/*.yaml"]);
  const shares = Array.from({ length: jobs }, (_, job) => files.filter((_file, index) => index % jobs === job));
  const outcomes = await allOf(shares, jobs, (share) => inThread({ planted: null, stopAtFirst: false, files: share, crashes: [] }));
  const failed = outcomes.flatMap(({ catches }) => catches);
  for (const { file, part, detail } of failed) say(`left out: ${file} does not pass without any defect: ${part}: ${detail.split("\n")[0]}`);
  say(`without any defect: ${files.length} files, ${failed.length} of them fail\n`);
  return files.filter((file) => !failed.some((one) => one.file === file));
}

async function tryMutant(mutant: Mutant, catalogue: readonly string[]): Promise<Verdict> {
  const likely = findFiles(mutant.tryFirst.map(pathOf)).filter((file) => catalogue.includes(file));
  const files = [...likely, ...catalogue.filter((file) => !likely.includes(file))];
  const { catches, wallMs } = await inThread({ planted: plant(mutant), stopAtFirst: true, files, crashes: mutant.crashes.map(pathOf) });
  const [first] = catches;
  const caught = first === undefined || !(await isProof(first)) ? null : first;
  const verdict = { mutant, caught, wallMs };
  say(verdictLine(verdict));
  return verdict;
}

/** A crash that fails without the defect too proves nothing; files were tried before. */
async function isProof({ file, crash }: Catch): Promise<boolean> {
  if (crash === null) return true;
  const { catches } = await inThread({ planted: null, stopAtFirst: true, files: [], crashes: [file], onlyCrash: crash });
  return catches.length === 0;
}

function pathOf(name: string): string {
  return `scenarios/${name}.yaml`;
}

/** Replaces the table of the page and leaves the words around it. */
function writePage(verdicts: readonly Verdict[]): void {
  const [before = "", , after = ""] = readFileSync(PAGE, "utf8").split(/<!-- table(?: end)? -->\n/);
  writeFileSync(PAGE, `${before}<!-- table -->\n${markdownTable(verdicts)}<!-- table end -->\n${after}`);
}

function summary(verdicts: readonly Verdict[], wallMs: number): number {
  const survivors = verdicts.filter(({ caught }) => caught === null);
  say(
    `\n${verdicts.length} mutants: ${verdicts.length - survivors.length} caught, ${survivors.length} survived; ${Math.round(wallMs / 1000)}s`,
  );
  for (const { mutant } of survivors) say(`  ${mutant.name}: nothing notices that ${mutant.file} has this defect: ${mutant.defect}`);
  const broken = verdicts.filter(({ caught }) => caught !== null && isBrokenCode(caught));
  for (const { mutant, caught } of broken) say(`  ${mutant.name}: broken code, not a defect: ${caught?.detail ?? ""}`);
  if (broken.length > 0) return 3;
  return survivors.length > 0 ? 1 : 0;
}
