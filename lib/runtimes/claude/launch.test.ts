import { describe, expect, test } from "vitest";
import type { LaunchRequest } from "../../ports/index.ts";
import { projectSlug } from "./files.ts";
import { claudeEnvironment, claudePlan } from "./launch.ts";

const parts = { binary: "/opt/claude", home: "/home/u", env: { ANTHROPIC_API_KEY: "k" }, args: ["--model", "opus"] };
const request: LaunchRequest = {
  mode: "fresh",
  reference: null,
  identity: "claude-scout",
  instance: "i",
  cwd: "/w",
  permissions: "ask",
  uuid: "11111111-1111-4111-8111-111111111111",
};

describe("plan", () => {
  test("a fresh launch chooses its conversation's id up front", () => {
    const { argv, reference } = claudePlan(parts, request);
    expect(reference).toBe(request.uuid);
    expect(argv.slice(0, 3)).toEqual(["/opt/claude", "--session-id", request.uuid]);
    expect(argv.join(" ")).toContain("--permission-mode default");
    expect(argv.slice(-4)).toEqual(["--disallowedTools", "AskUserQuestion", "ExitPlanMode", "EnterPlanMode"]);
  });

  test("a resume names its conversation, never the newest one", () => {
    const { argv, reference } = claudePlan(parts, { ...request, mode: "resume", reference: "r" });
    expect(reference).toBe("r");
    expect(argv.slice(1, 3)).toEqual(["--resume", "r"]);
    expect(argv).not.toContain("--continue");
    expect(() => claudePlan(parts, { ...request, mode: "resume" })).toThrow(/claude-scout.*needs the id/);
  });

  test("bypass is what the owner asked for and nothing else", () => {
    expect(claudePlan(parts, request).argv).not.toContain("--dangerously-skip-permissions");
    expect(claudePlan(parts, request).argv.join(" ")).not.toContain("skipDangerousModePermissionPrompt");
    const bypass = claudePlan(parts, { ...request, permissions: "bypass" }).argv;
    expect(bypass).toContain("--dangerously-skip-permissions");
    expect(bypass).not.toContain("--permission-mode");
  });

  test("the session's home is the one that is read", () => {
    expect(claudePlan(parts, request).env).toEqual({ DISABLE_AUTOUPDATER: "1", ANTHROPIC_API_KEY: "k", HOME: "/home/u" });
  });
});

test("credentials, proxies and limits are passed on; a surrounding session's names are not", () => {
  const env = {
    ANTHROPIC_API_KEY: "k",
    CLAUDE_CONFIG_DIR: "/c",
    CLAUDE_CODE_USE_BEDROCK: "1",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    MCP_TOOL_TIMEOUT: "600000",
    https_proxy: "http://p",
    CLAUDECODE: "1",
    CLAUDE_CODE_SESSION_ID: "s",
    CLAUDE_CODE_ENTRYPOINT: "cli",
    CLAUDE_CODE_SSE_PORT: "1",
    SECRET_OF_SOMETHING_ELSE: "x",
  };
  const passed = ["ANTHROPIC_API_KEY", "CLAUDE_CONFIG_DIR", "CLAUDE_CODE_USE_BEDROCK", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"];
  expect(Object.keys(claudeEnvironment(env))).toEqual([...passed, "MCP_TOOL_TIMEOUT", "https_proxy"]);
});

test("where telemetry goes is passed on to a CLI whose own telemetry was switched on, and the daemon's name is not", () => {
  const env = { OTEL_METRICS_EXPORTER: "otlp", OTEL_SERVICE_NAME: "iapeer", OTEL_CONFIG_FILE: "/daemon.yaml" };
  expect(claudeEnvironment(env)).toEqual({});
  expect(claudeEnvironment({ ...env, CLAUDE_CODE_ENABLE_TELEMETRY: "1" })).toEqual({
    CLAUDE_CODE_ENABLE_TELEMETRY: "1",
    OTEL_METRICS_EXPORTER: "otlp",
  });
});

test("the history's folder is named as the CLI names it", () => {
  expect(projectSlug("/tmp/my_work.dir/ü 1")).toBe("-tmp-my-work-dir---1");
});
