import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { scenarios } from "./index.ts";

/** The suite that it declares is the test: one folder, one scenario, against the production world. */
const folder = mkdtempSync(join(tmpdir(), "iapeer-vitest-"));
writeFileSync(
  join(folder, "wake.yaml"),
  `scenario: A first message wakes a peer fresh
peers: { scout: {} }
timeline:
  - at: 0s
    send: { to: scout, as: first }
  - at: 1m
    expect: { log: [{ ev: wake, mode: fresh }], sender: { first: { stage: landed } } }
`,
);
scenarios(join(folder, "*.yaml"));
afterAll(() => rmSync(folder, { recursive: true }));
