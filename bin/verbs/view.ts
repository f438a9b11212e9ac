import type { Command } from "commander";
import type { DaemonAbout } from "../../lib/control/index.ts";
import { IapeerError } from "../../lib/model/errors.ts";
import { tokenPath, viewLink } from "../../lib/web/link.ts";
import { example, type VerbGroup } from "../cli/verb.ts";

export const viewVerb: VerbGroup = (program, contextOf) => {
  program
    .command("view")
    .summary("print the link to the fleet's page")
    .description(
      "Print the link to the page that shows the fleet in a browser: peers, decisions with their causes, wakes and latencies over time. The link is new with each start of the daemon.",
    )
    .option("--json", "print as JSON")
    .addHelpText("after", example("view", "view --json | jq -r .link"))
    .action(async (options: { json?: boolean }, command: Command) => {
      const context = contextOf(command);
      const { http, httpProblem } = await context.ask<DaemonAbout>("about");
      if (http == null) throw new IapeerError("no-view", `there is no view: ${httpProblem ?? "this version of the daemon has none"}`);
      const token = await context.disk.read(tokenPath(context.root));
      if (token === null) throw new IapeerError("no-view", `${tokenPath(context.root)} is missing: restart the daemon`);
      const link = viewLink(http, token);
      if (options.json) context.out.json({ address: http, link });
      else context.out.line(link);
    });
};
