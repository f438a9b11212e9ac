import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { hasTmux } from "../e2e/support/fleet.ts";
import { createReceiver } from "./support/receiver.ts";
import { closing, killAgent, QUICK, scrape, stage } from "./support/stage.ts";

/** Each stands for something that is nobody's business but the user's. */
const TEXT = "mark-text-7f3a";
const ENVIRONMENT = "mark-environment-91bc";
const FOLDER = "mark-folder-c05d";
const ATTACHMENT = "mark-attachment-2e6f";
const DESCRIPTION = "mark-description-ab12";
const TOPIC = "shown-topic-4d4d";

test.runIf(hasTmux)("nothing that is exported, scraped or logged has a message's text, a variable or a path in it", async () => {
  const receiver = closing(await createReceiver());
  const { fleet, daemon } = await stage({
    ...QUICK,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_LOGS_EXPORTER: "otlp",
    MARKED: ENVIRONMENT,
    OTEL_EXPORTER_OTLP_HEADERS: `authorization=${ENVIRONMENT}`,
    IAPEER_IDLE_SECS: "2",
  });
  const cwd = join(fleet.root, FOLDER, "second");
  await fleet.create("second", { cwd, personality: "second", description: DESCRIPTION, initialPrompt: `${TEXT} begin` });
  const send = (to: string): Promise<unknown> =>
    fleet.ask("send", { to, text: `${TEXT} hello`, topic: TOPIC, attachments: [join(fleet.root, ATTACHMENT)], waitMs: 60_000 }, 90_000);
  await send("scout");
  await killAgent(fleet);
  await send("second");
  await fleet.send("scout", `${TEXT} after a crash`, { topic: TOPIC });
  await fleet.line({ ev: "exit", identity: "demo-second", class: "parked" });
  // Refusals and damage, whose reasons are sentences about files.
  rmSync(cwd, { recursive: true });
  expect(await fleet.send("second", `${TEXT} to a folder that is gone`)).toMatchObject({ stage: "refused" });
  expect(await fleet.send("nobody", `${TEXT} to nobody`)).toMatchObject({ stage: "refused" });
  await fleet.ask("stop", { peer: "scout" });
  await fleet.end(daemon);
  writeFileSync(join(fleet.root, "state/lifecycle/demo-scout.deaths"), `{ torn ${TEXT}`);
  const second = await fleet.start({
    ...QUICK,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_LOGS_EXPORTER: "otlp",
    MARKED: ENVIRONMENT,
  });
  await fleet.ask("start", { peer: "scout" });
  await fleet.send("scout", `${TEXT} again`, { topic: TOPIC });
  const metrics = (await scrape(fleet)).text;
  await fleet.end(second);

  const exported = receiver.decoded.map(({ text }) => text).join("\n");
  const log = readFileSync(join(fleet.root, "logs/iapeer/lifecycle.log"), "utf8");
  for (const ev of ["wake", "launch", "deliver", "exit", "supervise", "quarantine"]) expect(log).toContain(`ev=${ev} `);
  for (const name of ["message.accept", "wake", "launch", "deliver", "exit", "supervise.decision", "verb"]) {
    expect([name, receiver.spans(name).length > 0]).toEqual([name, true]);
  }
  // The look itself works: what may be seen is seen.
  for (const [where, text] of Object.entries({ exported, log })) expect([where, text.includes(TOPIC)]).toEqual([where, true]);
  expect(metrics).toContain('gen_ai_agent_name="second"');
  const marks = { TEXT, ENVIRONMENT, FOLDER, ATTACHMENT, DESCRIPTION, ROOT: basename(fleet.root) };
  const found = Object.entries({ exported, metrics, log }).flatMap(([where, text]) =>
    Object.entries(marks).flatMap(([name, mark]) =>
      text.split("\n").flatMap((line) => (line.includes(mark) ? [`${name} in ${where}: ${around(line, mark)}`] : [])),
    ),
  );
  expect(found).toEqual([]);
});

function around(line: string, mark: string): string {
  const at = line.indexOf(mark);
  return line.slice(Math.max(0, at - 80), at + mark.length + 40);
}
