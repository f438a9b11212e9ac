import { formatVirtual } from "../language/duration.ts";
import { formatProblem } from "../language/problem.ts";
import { listPoints, runScenario } from "../runner/index.ts";
import { loadScenario } from "./files.ts";
import { productionRun } from "./parts.ts";

/** `iapeer sim points FILE`; resolves with the exit status. */
export async function pointsCommand(file: string): Promise<number> {
  const { parsed } = loadScenario(file);
  if ("problems" in parsed) {
    process.stderr.write(`${parsed.problems.map(formatProblem).join("\n")}\n`);
    return 3;
  }
  const { trace, verdict, undecided } = await runScenario(parsed.scenario, await productionRun());
  const points = trace === null ? [] : listPoints(trace);
  const width = String(points.length).length;
  const lines = points.map(({ n, atMs, kind, op, subject, atBoot }) => {
    return `${String(n).padStart(width)}  ${formatVirtual(atMs)}  ${kind}  ${op} ${subject}${atBoot ? "  (at boot)" : ""}`;
  });
  process.stdout.write(
    `${[...lines, `${points.length} operations; write one as daemon: {crash: {before: '<operation> <path>', nth: 1}}`].join("\n")}\n`,
  );
  if (verdict !== "pass") process.stderr.write(`the run itself: ${undecided === null ? verdict : `undecided at ${undecided.position}`}\n`);
  return 0;
}
