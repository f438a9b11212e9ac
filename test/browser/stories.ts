import { parseScenario } from "../../sim/language/parse.ts";
import type { Scenario } from "../../sim/language/scenario.ts";
import { type RunResult, runScenario } from "../../sim/runner/index.ts";
import { createWorld } from "../../sim/world/world.ts";

/** A crash loop with a hold, a daemon that dies meanwhile, a reset, parking, a suspend, and two kinds of wake afterwards. */
export const RESET_STORY = `scenario: A crash loop is held and keeps its messages; a reset lets it try at once
about: |
  Three deaths within five minutes are a loop: the guard holds the peer and says so once. Messages wait, nothing is lost. The other peers
  live on while the daemon goes down and comes back, and the operator's reset clears the hold end to end.
config: { idle: 15m }
peers:
  scout: {}
  alice: { human: true }
  tester: { runtime: codex }
timeline:
  - at: 0s
    send: { to: alice, text: hello, as: hello, topic: chat }
  - at: +5s
    send: { to: tester, text: run the suite, as: suite, topic: nightly }
  - at: +11s
    send: { to: scout, text: audit this, as: audit, topic: audit }
  - at: +15s
    crash: { peer: scout, signal: SIGKILL }
  - at: +20s
    launch: scout
  - at: +8s
    crash: { peer: scout, signal: SIGSEGV }
  - at: +1s
    send: { to: scout, text: once more, as: again, topic: audit }
  - at: +6s
    crash: { peer: scout, code: 139 }
  - at: +4s
    send: { to: scout, text: when you can, as: waiting, topic: review }
    expect:
      because: Three deaths in five minutes are a loop
      peers: { scout: { state: held, deaths: 3 } }
  - at: +20s
    daemon: crash
  - at: +15s
    daemon: start
  - at: +10s
    reset: scout
  - at: +30s
    expect:
      because: A reset lets the held message through at once
      sender: { waiting: { stage: landed } }
      peers: { scout: { state: alive, deaths: 0 } }
  - at: 25m
    expect:
      because: Idle peers are parked
      peers: { alice: { state: asleep, parked: true }, tester: { state: asleep, parked: true } }
  - at: +10s
    send: { to: alice, text: are you there, as: back, topic: other }
  - at: +3s
    send: { to: tester, text: release it, as: release, topic: release }
  - at: +40s
    host: { suspend: 8h }
  - at: +8h10s
    attach: tester
  - at: +30s
    detach: tester
    expect:
      because: A dialogue with a person is never reset behind their back
      peers: { alice: { mode: resume }, tester: { mode: fresh, cause: idle-reaped-new-topic } }
`;

/** Every text of it tries to be markup, and its last expectation is wrong. */
export const HOSTILE_STORY = `scenario: A crashed peer is resumed </script><img src=x onerror="window.hacked=1">
about: "Wrong on purpose: <b>bold</b> --> & 'quoted' <!-- <script>window.hacked=2</script>"
peers:
  scout: {}
timeline:
  - at: 0s
    send: { to: scout, text: "<script>window.hacked=3</script>", topic: "</script><svg onload=window.hacked=4>", as: first }
  - at: +1m
    crash: { peer: scout, signal: SIGKILL }
  - at: +10s
    send: { to: scout, text: on, topic: audit, as: second }
  - at: +1m
    expect:
      because: The dialogue goes on <img src=x onerror="window.hacked=5">
      log: [{ ev: wake, mode: resume, cause: "img src=x onerror=window.hacked=6>" }]
`;

/** Power loss and reboot while sessions live, a stop and a start, a refresh, an agent's own fresh restart, an edited marker. */
export const ROUGH_STORY = `scenario: Power loss, reboot and verbs
peers:
  scout: {}
  tester: { runtime: codex }
timeline:
  - at: 0s
    send: { to: scout, text: a, topic: t, as: a }
  - at: +2s
    send: { to: tester, text: b, topic: t, as: b }
  - at: +40s
    daemon: { crash: { before: 'rename **/*.stopped' } }
  - at: +1s
    stop: scout
  - at: +10s
    daemon: start
  - at: +10s
    stop: scout
  - at: +10s
    start: scout
  - at: +1s
    send: { to: scout, text: c, topic: t, as: c }
  - at: +40s
    selfFresh: scout
  - at: +1m
    refresh: scout
  - at: +5s
    host: reboot
  - at: +2m
    send: { to: tester, text: d, topic: t, as: d }
  - at: +1s
    daemon: powerLoss
  - at: +1m
    daemon: start
  - at: +1m
    files: { remove: [state/lifecycle/codex-tester.idle-reaped] }
  - at: +1s
    next: { peer: tester, onBoot: fail }
  - at: +1s
    new: tester
  - at: +1m
    attach: tester
  - at: +1m
    fault: { fs: rename, path: '**/*.session', error: ENOSPC, times: 2 }
  - at: +1s
    crash: { peer: tester, code: 1 }
  - at: +5m
    heal: all
`;

/** Parses a scenario that must be valid. */
export function story(source: string, file = "story.yaml"): Scenario {
  const parsed = parseScenario(source, file);
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems, null, 1));
  return parsed.scenario;
}

/** Runs a scenario in a world of its own. */
export function tell(source: string, file?: string): Promise<RunResult> {
  return runScenario(story(source, file), { createWorld });
}
