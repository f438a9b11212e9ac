import type { Command } from "commander";
import { printable } from "../cli/io.ts";
import { example, Failed, type VerbGroup } from "../cli/verb.ts";

export const doctorVerb: VerbGroup = (program, contextOf) => {
  program
    .command("doctor")
    .summary("check this machine and this root; says how to mend what is wrong")
    .description(
      "Checks node, tmux, the root, settings, disk space, the daemon, telemetry, and the programs that the peers need. Exit code 1 when something is wrong.",
    )
    .option("--json", "print the findings as JSON")
    .addHelpText("after", example("doctor"))
    .action(async (options: { json?: boolean }, command: Command) => {
      const context = contextOf(command);
      const { examine } = await import("../fleet/doctor.ts");
      const findings = await examine(context);
      const { style } = context.out;
      if (options.json) context.out.json(findings);
      else {
        for (const { name, ok, detail, mend } of findings) {
          const mark = ok ? style.good(style.mark("✓", "ok  ")) : style.bad(style.mark("✗", "FAIL"));
          context.out.line(`${mark} ${printable(`${name}: ${detail}`)}`);
          if (mend) context.out.line(printable(`  ${style.mark("→", "mend:")} ${mend}`));
        }
      }
      if (findings.some((finding) => !finding.ok)) throw new Failed();
    });
};
