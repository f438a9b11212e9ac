import { expect, test } from "vitest";
import { parseScenario } from "./parse.ts";
import { formatProblem } from "./problem.ts";

/** What is written, and every problem that is told, letter by letter. */
type Case = readonly [written: string, problems: readonly string[]];

/** Text. */
const WHOLE_FILES: readonly Case[] = [
  ["", ["1:1 the file is empty: a scenario has at least scenario and peers"]],
  ["foo", ["1:1 a scenario is a map with scenario, peers and timeline"]],
  ["- a", ["1:1 a scenario is a map with scenario, peers and timeline"]],
  ["scenario: t", ['1:1 "peers" is missing']],
  ["scenario: t\npeers: {}", ["2:8 peers: at least one peer is needed"]],
  ["scenario: ''\npeers: {a: {}}", ["1:11 scenario: the title is empty: write one sentence that states the rule"]],
  ["scenario: 3\npeers: {a: }", ["1:11 scenario: 3 is a number to YAML: put it in quotes", "2:9 peers.a: null is not a map"]],
  [
    "scenaro: t\npeers: {a: {}}",
    [
      '1:1 "scenario" is missing',
      '1:1 scenaro: unknown key "scenaro"; did you mean "scenario"? (known: scenario, about, tags, start, seed, until, config, peers, given, behavior, timeline, expect, eventually, never, invariants)',
    ],
  ],
  ["scenario: t\npeers: {A: {}}", ['2:9 peers.A: "A" is not a peer name: a lower-case letter, then up to 31 of a–z, 0–9 and "-"']],
  [
    "scenario: t\npeers: {a: {runtim: codex}}",
    [
      '2:13 peers.a.runtim: unknown key "runtim"; did you mean "runtime"? (known: runtime, runtimes, human, nature, initialPrompt, cwd, managed, registered, behavior)',
    ],
  ],
  [
    "scenario: t\npeers: {a: {runtime: co-dex}}",
    ['2:22 peers.a.runtime: "co-dex" is not a runtime name: a lower-case letter, then up to 31 of a–z and 0–9, no dash'],
  ],
  ["scenario: t\npeers: {a: {human: 'yes'}}", ['2:20 peers.a.human: "yes" is neither true nor false']],
  [
    "scenario: t\npeers: {a: {nature: artifical}}",
    ['2:21 peers.a.nature: unknown nature "artifical"; did you mean "artificial"? (known: artificial, natural, absent)'],
  ],
  ["scenario: t\npeers: {a: {cwd: gone}}", ['2:18 peers.a.cwd: unknown cwd "gone" (known: missing)']],
  [
    "scenario: t\npeers: {a: {behavior: {bot: 3s}}}",
    [
      '2:24 peers.a.behavior.bot: unknown key "bot"; did you mean "boot"? (known: boot, turn, silent, nothingToResume, onResume, rejectsAfter, onBoot, diesAfter, exitCode, term, ignoresKill, touchesTranscript, repaints)',
    ],
  ],
  [
    "scenario: t\npeers: {a: {behavior: {onBoot: fial}}}",
    ['2:32 peers.a.behavior.onBoot: unknown way to boot "fial"; did you mean "fail"? (known: ok, fail, hang, dialog)'],
  ],
  ["scenario: t\npeers: {a: {runtime: codex, runtimes: [claude]}}", ['2:22 peers.a.runtime: "codex" is not among its runtimes: claude']],
  ["a: *b", ['1:4 nothing is anchored as "&b" before this "*b"']],
  ["a: &x [*x]", ['1:8 "*x" holds itself']],
  ["? [1]\n: 2", ["1:3 a key must be a plain word"]],
  ["\ta: 1", ["1:1 YAML: Tabs are not allowed as indentation"]],
  ["a: 1\n---\nb: 1", ["2:1 YAML: one document a file: a second one starts here"]],
  [
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    ["1:1 nested more than 100 levels deep"],
  ],
  [
    "- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - ",
    ["1:1 nested more than 100 levels deep"],
  ],
];

/** Lines after a valid head. */
const TOP_LEVEL: readonly Case[] = [
  ["given: {scuot: {}}", ['3:9 given.scuot: unknown peer "scuot"; did you mean "scout"? (known: scout)']],
  [
    "given: {scout: {state: asleap}}",
    ['3:24 given.scout.state: unknown state "asleap"; did you mean "asleep"? (known: alive, asleep, stopped, held)'],
  ],
  [
    "given: {scout: {endet: parked}}",
    [
      '3:17 given.scout.endet: unknown key "endet"; did you mean "ended"? (known: state, for, runtime, ended, conversation, topics, deaths, left, level, request)',
    ],
  ],
  ["given: {scout: {for: 30}}", ["3:22 given.scout.for: 30 has no unit: write 30s"]],
  ["given: {scout: {deaths: 3}}", ["3:25 given.scout.deaths: 3 is not a list of ages such as [4m, 90s]"]],
  [
    "given: {scout: {state: alive, ended: crash}}",
    ["3:38 given.scout.ended: a session that is alive has not ended: state: asleep, or no ended"],
  ],
  ["given: {scout: {left: 2m}}", ["3:23 given.scout.left: only state: held has time left"]],
  ["given: {scout: {ended: never, topics: [a]}}", ["3:39 given.scout.topics: a peer that was never up has no topics"]],
  ["given: {scout: {runtime: codex}}", ['3:26 given.scout.runtime: "codex" is not among its runtimes: claude']],
  ["start: yesterday", ['3:8 start: "yesterday" is not a time in ISO 8601, such as 2026-01-01T00:00:00Z']],
  ["start: 1970-01-01T00:00:00Z", ['3:8 start: "1970-01-01T00:00:00Z" is not a time from the year 2000 on, such as 2026-01-01T00:00:00Z']],
  ["seed: -1", ["3:7 seed: -1 is not a whole number from 0 to 4294967295"]],
  ["seed: 1.5", ["3:7 seed: 1.5 is not a whole number from 0 to 4294967295"]],
  ["until: 30", ["3:8 until: 30 has no unit: write 30s"]],
  ["until: 1:30", ['3:8 until: "1:30" is not a duration: write 1m30s']],
  [
    "config: {idel: 1h}",
    [
      '3:10 config.idel: unknown key "idel"; did you mean "idle"? (known: idle, bootDeadline, readyGate, maxAge, supervise, crashLoopMax, crashLoopWindow, superviseLogVerbose)',
    ],
  ],
  ["config: {idle: 90}", ["3:16 config.idle: 90 has no unit: write 90s"]],
  ["config: {idle: 90 minutes}", ['3:16 config.idle: "90 minutes" is not a duration: write 500ms, 90s, 1m30s, 2h or 3d']],
  ["config: {crashLoopMax: 0}", ["3:24 config.crashLoopMax: 0 is not a whole number from 1 to 16"]],
  ["config: {supervise: 0s}", ["3:21 config.supervise: 0s is too short here"]],
  ["tags: foo", ['3:7 tags: "foo" is not a list of tags']],
  ["tags: [Foo Bar]", ['3:8 tags[0]: "Foo Bar" is not a tag: lower-case letters, digits and "-"']],
  ["invariants: {off: [I12]}", ['3:1 invariants: an invariant is switched off: say why in "about"']],
  ["about: x\ninvariants: {off: [I99]}", ['4:20 invariants.off[0]: "I99" is not an invariant: I1 to I15']],
  ["timeline: {}", ["3:11 timeline: a map is not a list of entries"]],
  ["timeline: [foo]", ['3:12 timeline[0]: "foo" is not an entry: write { at: 10s, send: { to: … } }']],
  [
    "timeline:\n  - send: {to: scout}",
    ['4:5 timeline[0]: "at" is missing: write at: 10s (from the start) or at: +10s (from the entry before)'],
  ],
  ["timeline:\n  - at: 30\n    send: {to: scout}", ["4:9 timeline[0].at: 30 has no unit: write 30s"]],
  ["timeline:\n  - at: soon\n    send: {to: scout}", ['4:9 timeline[0].at: "soon" is not a duration: write 500ms, 90s, 1m30s, 2h or 3d']],
  [
    "timeline:\n  - at: 10s\n    attach: scout\n  - at: 5s\n    detach: scout",
    ["6:9 timeline[1].at: 5s is earlier than the entry before it, at 10s on line 4:9; entries stand in time order"],
  ],
  ["timeline:\n  - at: 0s", ['4:5 timeline[0]: neither an action nor an "expect"']],
  ["never: [{ev: wake, acton: x}]", ['3:20 never[0].acton: unknown field "acton"; did you mean "action"?']],
  ["eventually: {log: []}", ['3:13 eventually: "within" is missing']],
  ["eventually: {within: 10m}", ["3:13 eventually: the expectation is empty"]],
  [
    "expect: {log: [}",
    [
      "3:16 YAML: Flow sequence in block collection must be sufficiently indented and end with a ]",
      "3:16 YAML: Flow map in block collection must be sufficiently indented and end with a }",
    ],
  ],
  ["scenario: again", ['3:1 "scenario" stands twice here, first on line 1']],
  [
    "timeline:\n  - at: 0s\n    send: {to: scout, as: a}\n  - at: 0s\n    send: {to: scout, as: a}",
    ['7:27 timeline[1].send.as: "a" names another message already (timeline[0])'],
  ],
  ["until: 1s\ntimeline:\n  - at: 2s\n    exit: scout", ["3:8 until: the end is earlier than the last entry"]],
  [
    `timeline:${"\n  - {at: +1s, repeat: {every: 1s, times: 10000}, exit: scout}".repeat(6)}`,
    ["4:3 timeline: 60000 occurrences on the timeline; at most 50000 are accepted"],
  ],
];

/** The rest of one entry at 0s. */
const ACTIONS: readonly Case[] = [
  [
    "snd: {to: scout}",
    [
      '5:5 timeline[0].snd: unknown action "snd"; did you mean "send"? (known: at, because, expect, repeat, send, attach, detach, launch, new, refresh, stop, start, reset, compact, interrupt, selfFresh, selfDone, turn, crash, exit, next, manage, daemon, host, clock, fault, probe, heal, files, config)',
    ],
  ],
  [
    "send: {to: scout}\n    attach: scout",
    ['6:5 timeline[0].attach: one action an entry: this one has "send" already; give "attach" an entry of its own'],
  ],
  ["send: {to: scuot}", ['5:16 timeline[0].send.to: unknown peer "scuot"; did you mean "scout"? (known: scout)']],
  [
    "send: {to: scout, topc: a}",
    ['5:23 timeline[0].send.topc: unknown key "topc"; did you mean "topic"? (known: to, text, length, topic, runtime, from, as)'],
  ],
  ["send: {topic: a}", ['5:11 timeline[0].send: "to" is missing']],
  ["send: {to: scout, topic: 1.10}", ["5:30 timeline[0].send.topic: 1.1 is a number to YAML: put it in quotes"]],
  ["send: scout", ['5:11 timeline[0].send: "scout" is not a map']],
  [
    "attach: {per: scout}",
    [
      '5:13 timeline[0].attach: "peer" is missing',
      '5:14 timeline[0].attach.per: unknown key "per"; did you mean "peer"? (known: peer, runtime)',
    ],
  ],
  ["attach: scot", ['5:13 timeline[0].attach: unknown peer "scot"; did you mean "scout"? (known: scout)']],
  ["attach: 3", ['5:13 timeline[0].attach: 3 is not a peer name: a lower-case letter, then up to 31 of a–z, 0–9 and "-"']],
  ["crash: {peer: scout, code: 1, signal: SIGKILL}", ["5:12 timeline[0].crash: a process ends with a code or a signal, not both"]],
  ["crash: {peer: scout, signal: KILL}", ['5:34 timeline[0].crash.signal: "KILL" is not a signal such as SIGKILL']],
  [
    "daemon: crsh",
    [
      '5:13 timeline[0].daemon: unknown thing that happens to the daemon "crsh"; did you mean "crash"? (known: crash, restart, stop, start, powerLoss, pause, continue)',
    ],
  ],
  [
    "daemon: {crash: {before: 'renam **'}}",
    [
      '5:30 timeline[0].daemon.crash.before: unknown operation "renam"; did you mean "rename"? (known: read, list, stat, makeFolder, create, append, truncate, sync, syncFolder, rename, remove, realPath, write, unlink, spawn, probe, end, sessions, sweep, attached, bringUp, deliver, interrupt, compact)',
    ],
  ],
  [
    "daemon: {crash: {before: 'rename'}}",
    ["5:30 timeline[0].daemon.crash.before: an operation and a path pattern: 'rename **/*.idle-reaped'"],
  ],
  [
    "daemon: {crash: {befor: 'rename x', nth: 0}}",
    [
      '5:21 timeline[0].daemon.crash: "before" is missing',
      '5:22 timeline[0].daemon.crash.befor: unknown key "befor"; did you mean "before"? (known: before, nth)',
      "5:46 timeline[0].daemon.crash.nth: 0 is not a whole number of at least 1",
    ],
  ],
  ["host: sleep", ['5:11 timeline[0].host: unknown thing that happens to the host "sleep" (known: reboot, sessionServerCrash)']],
  ["host: {suspend: 8}", ["5:21 timeline[0].host.suspend: 8 has no unit: write 8s"]],
  ["clock: {step: 1 hour}", ['5:19 timeline[0].clock.step: "1 hour" is not a clock step: write -1h or +90s']],
  [
    "fault: {fs: wirte, path: x, error: ENOSPC}",
    ['5:17 timeline[0].fault.fs: unknown disk operation "wirte"; did you mean "write"? (known: write, rename, read, sync, unlink)'],
  ],
  ["fault: {fs: write, path: x, error: full}", ['5:40 timeline[0].fault.error: "full" is not an error code such as ENOSPC, EIO or EROFS']],
  ["fault: {probe: scout, error: x}", ['5:12 timeline[0].fault: "for" is missing']],
  [
    "probe: {peer: scout, every: 5s, values: alive x3 ded}",
    ['5:45 timeline[0].probe.values: "ded" is no answer of a probe: write alive, dead or _, and x3 to repeat the one before'],
  ],
  ["probe: {peer: scout, every: 5s, values: x3 alive}", ['5:45 timeline[0].probe.values: "x3" repeats nothing: an answer comes first']],
  ["heal: everything", ['5:11 timeline[0].heal: unknown thing to heal "everything" (known: all)']],
  [
    "files: {write: {../x: a}}",
    ['5:21 timeline[0].files.write.../x: "../x" is not a path relative to the root, such as state/lifecycle/claude-scout.topic'],
  ],
  ["files: {}", ["5:12 timeline[0].files: nothing to write and nothing to remove"]],
  ["next: {peer: scout}", ["5:11 timeline[0].next: nothing to change: give a behaviour, such as onBoot: fail"]],
  ["repeat: {every: 1s, times: 0}\n    exit: scout", ["5:32 timeline[0].repeat.times: 0 is not a whole number from 1 to 10000"]],
  ["repeat: {every: 1s, times: 2}\n    expect: {log: []}", ["5:5 timeline[0].repeat: nothing to repeat: the entry has no action"]],
  ["because: x\n    exit: scout", ['5:5 timeline[0].because: "because" stands beside an "expect"']],
];

/** An expectation of an entry that sends "first". */
const EXPECTATIONS: readonly Case[] = [
  [
    "{log: [{ev: wak}]}",
    [
      '6:25 timeline[0].expect.log[0].ev: unknown event "wak"; did you mean "wake"? (known: wake, launch, supervise, exit, stopped, started, new, refresh, reset, attach, attach-end, self-fresh, self-done, deliver, accept, hold, clock, daemon, notice, quarantine, relaunch, interrupt, compact, create, remove)',
    ],
  ],
  ["{log: [{ev: wake, caus: x}]}", ['6:31 timeline[0].expect.log[0].caus: unknown field "caus"; did you mean "cause"?']],
  [
    "{log: [{ev: wake, cause: idle-reaped-resum}]}",
    ['6:38 timeline[0].expect.log[0].cause: unknown cause "idle-reaped-resum"; did you mean "idle-reaped-resume"?'],
  ],
  ["{log: {ev: wake}}", ["6:19 timeline[0].expect.log: a map is not a list of records"]],
  ["{log: [wake]}", ['6:20 timeline[0].expect.log[0]: "wake" is not a partial record: write { ev: wake, mode: fresh }']],
  ["{log: [{}]}", ["6:20 timeline[0].expect.log[0]: an empty record matches everything: name at least ev"]],
  ["{log: }", ["6:14 timeline[0].expect.log: is empty: write [] for “nothing was decided”, or run with --update to fill it in"]],
  ["{}", ["6:13 timeline[0].expect: the expectation is empty"]],
  ["{peers: {scuot: {parked: true}}}", ['6:22 timeline[0].expect.peers.scuot: unknown peer "scuot"; did you mean "scout"? (known: scout)']],
  [
    "{peers: {scout: {stat: alive}}}",
    [
      '6:30 timeline[0].expect.peers.scout.stat: unknown key "stat"; did you mean "state"? (known: state, parked, deaths, topics, launches, mode, cause, instances, attached)',
    ],
  ],
  [
    "{peers: {scout: {state: aslep}}}",
    [
      '6:37 timeline[0].expect.peers.scout.state: unknown state "aslep"; did you mean "asleep"? (known: alive, asleep, booting, waiting, stopped, held)',
    ],
  ],
  [
    "{peers: {scout: {deaths: '>= x'}}}",
    [
      "6:38 timeline[0].expect.peers.scout.deaths: \">= x\" is not a comparison: write an operator (>=, <=, >, <, =, !=) and a number, such as '>= 3'",
    ],
  ],
  ["{peers: {scout: {parked: yes}}}", ['6:38 timeline[0].expect.peers.scout.parked: "yes" is neither true nor false']],
  [
    "{sender: {frist: {stage: landed}}}",
    ['6:23 timeline[0].expect.sender.frist: unknown message name "frist"; did you mean "first"? (known: first)'],
  ],
  ["{delivered: {scout: [x]}}", ['6:34 timeline[0].expect.delivered.scout[0]: unknown message name "x" (known: first)']],
  ["{files: {x: gone}}", ['6:25 timeline[0].expect.files.x: unknown expectation of a file "gone" (known: present, absent)']],
  [
    "{files: {/x: present}}",
    ['6:22 timeline[0].expect.files./x: "/x" is not a path relative to the root, such as state/lifecycle/claude-scout.topic'],
  ],
  [
    "{files: {x: {matches: abc}}}",
    ['6:35 timeline[0].expect.files.x.matches: "abc" is not a regular expression: write it between slashes, /abc/'],
  ],
  [
    "{files: {x: {matches: '/(/'}}}",
    ["6:35 timeline[0].expect.files.x.matches: /(/ is not a valid regular expression: Unterminated group"],
  ],
  ["{files: {x: {text: a, json: 1}}}", ["6:25 timeline[0].expect.files.x: exactly one of text, matches and json"]],
  [
    "{noLog: [{ev: wake, reason: '/[/'}]}",
    ["6:41 timeline[0].expect.noLog[0].reason: /[/ is not a valid regular expression: Unterminated character class"],
  ],
  [
    "{notices: [{kind: crashloop}]}",
    [
      '6:31 timeline[0].expect.notices[0].kind: unknown notice "crashloop"; did you mean "crash-loop"? (known: crash-loop, boot-blocked, waiting, reap-failed, relaunch-gave-up, disk, quarantine, wedged)',
    ],
  ],
  [
    "{spans: [{nam: wake}]}",
    [
      '6:22 timeline[0].expect.spans[0]: "name" is missing',
      '6:23 timeline[0].expect.spans[0].nam: unknown key "nam"; did you mean "name"? (known: name, attributes, status, at, duration, parent, link, links, count)',
    ],
  ],
  [
    "{spans: [{name: wakee}, {name: wake, attributes: {wake.mod: fresh}}, {name: '/./', attributes: {exit.clas: crash}}]}",
    [
      '6:29 timeline[0].expect.spans[0].name: unknown span "wakee"; did you mean "wake"? (known: message.accept, wake, launch, deliver, supervise, supervise.decision, exit, relaunch, hold, verb, notice, quarantine, clock, daemon)',
      '6:63 timeline[0].expect.spans[1].attributes.wake.mod: unknown attribute of wake "wake.mod"; did you mean "wake.mode"? (known: error.type, gen_ai.agent.name, hold.left, identity, message.length, messaging.message.id, peer.kind, runtime, seq, topic, wake.by, wake.cause, wake.facts.asked, wake.facts.deaths, wake.facts.eager, wake.facts.had, wake.facts.kind, wake.facts.known, wake.facts.last, wake.facts.limit, wake.facts.parked, wake.facts.probe, wake.facts.reload, wake.facts.resumable, wake.facts.topics, wake.facts.window, wake.mode)',
      '6:109 timeline[0].expect.spans[2].attributes.exit.clas: unknown span attribute "exit.clas"; did you mean "exit.class"?',
    ],
  ],
  [
    "{spans: [{name: wake, parent: 3}, {name: wake, link: [exit, {type: deth}]}, {name: wake, at: 5}, {name: wake, duration: '>= x'}, {name: wake, count: x}]}",
    [
      "6:43 timeline[0].expect.spans[0].parent: 3 is no parent: write the name of a span, { name: wake, attributes: { … } }, or null for none",
      '6:80 timeline[0].expect.spans[1].link[1].type: unknown type of link "deth"; did you mean "death"? (known: message, death, reset, launch, exit)',
      "6:106 timeline[0].expect.spans[2].at: 5 is neither a duration nor a comparison with one: write 3s or '>= 1m30s'",
      "6:133 timeline[0].expect.spans[3].duration: \">= x\" is neither a duration nor a comparison with one: write 3s or '>= 1m30s'",
      "6:162 timeline[0].expect.spans[4].count: \"x\" is neither a number nor a comparison such as '>= 3'",
    ],
  ],
  [
    "{spans: [{name: wake, parent: {}}, {name: wake, link: null, links: 2}], noSpans: [{name: hold, count: 1}]}",
    [
      "6:43 timeline[0].expect.spans[0].parent: an empty pattern matches every span: name at least one fact",
      "6:73 timeline[0].expect.spans[1].links: link: null says already that there is none",
      '6:108 timeline[0].expect.noSpans[0].count: "count" stands in spans: noSpans is about none at all',
    ],
  ],
  [
    "{metrics: [{name: wake.decision}, {name: wake.decisions, attributes: {mod: x, cause: first-wak}, sum: 1}, {name: holds, attributes: {a: b}}]}",
    [
      '6:31 timeline[0].expect.metrics[0].name: unknown metric "wake.decision"; did you mean "wake.decisions"? (known: wake.decisions, supervise.decisions, session.exits, relaunches, deliveries, notices, peer.wakes, wake.latency, launch.duration, exit.reaction, delivery.latency, supervise.duration, session.run.duration, peers, inbox.depth, inbox.oldest.age, holds, sessions.memory, supervise.last.timestamp, log.bytes, log.failures, export.failures)',
      '6:83 timeline[0].expect.metrics[1].attributes.mod: unknown attribute of wake.decisions "mod"; did you mean "mode"? (known: mode, cause)',
      '6:98 timeline[0].expect.metrics[1].attributes.cause: unknown cause "first-wak"; did you mean "first-wake"?',
      "6:110 timeline[0].expect.metrics[1].sum: only histograms have a sum; wake.decisions is a counter: write value",
      '6:146 timeline[0].expect.metrics[2].attributes.a: unknown attribute of holds "a" (known: none)',
    ],
  ],
  [
    "{lg: []}",
    [
      '6:14 timeline[0].expect.lg: unknown key "lg"; did you mean "log"? (known: because, log, logExactly, noLog, peers, sender, delivered, files, spans, noSpans, metrics, notices)',
    ],
  ],
  [
    "{log: [{ev: [a]}]}",
    [
      "6:25 timeline[0].expect.log[0].ev: a list is no single value: write a text, a number, true, false, /regex/ or a comparison such as '>= 3'",
    ],
  ],
];

const HEAD = "scenario: t\npeers: {scout: {}}\n";
const ENTRY = `${HEAD}timeline:\n  - at: 0s\n`;
const SENDING = `${ENTRY}    send: {to: scout, as: first}\n    expect: `;

function problemsOf(text: string): string[] {
  const result = parseScenario(text, "f");
  return "problems" in result ? result.problems.map((problem) => formatProblem(problem).slice(2)) : ["accepted"];
}

test.for(WHOLE_FILES)("a file %j is refused", ([written, problems]) => {
  expect(problemsOf(written)).toEqual(problems);
});

test.for(TOP_LEVEL)("top level %j is refused", ([written, problems]) => {
  expect(problemsOf(HEAD + written)).toEqual(problems);
});

test.for(ACTIONS)("entry %j is refused", ([written, problems]) => {
  expect(problemsOf(`${ENTRY}    ${written}`)).toEqual(problems);
});

test.for(EXPECTATIONS)("expectation %j is refused", ([written, problems]) => {
  expect(problemsOf(SENDING + written)).toEqual(problems);
});

test("all problems of a file come at once, in the order of their places", () => {
  const text = `${HEAD}timeline:\n  - at: 5\n    snd: {to: scout}\n  - at: 1m\n    attach: scot\n    expect: {peers: {scout: {deaths: many}, scot: {}}, sender: {x: {woke: true}}}\nnever: [{ev: wak}]\n`;
  expect(problemsOf(text).map((problem) => problem.split(" ")[0])).toEqual(["4:9", "5:5", "7:13", "8:38", "8:65", "9:14"]);
});

test("a file that would take the parser long is refused before", () => {
  expect(problemsOf("x".repeat(1_100_000))).toEqual(["1:1 the file is larger than 1 MiB (1100000 characters); a scenario fits on a page"]);
  for (const hard of ["[".repeat(200_000), "{a: ".repeat(100_000), "- ".repeat(100_000), "? ".repeat(100_000)]) {
    expect(problemsOf(hard)).toEqual(["1:1 nested more than 100 levels deep"]);
  }
});

test("aliases that multiply are refused", () => {
  const rows = [..."bcdefghijk"].map((letter, index) => `${letter}: &${letter} [${Array(9).fill(`*${"abcdefghij"[index]}`).join(",")}]`);
  expect(problemsOf(`a: &a [x,x,x,x,x,x,x,x,x]\n${rows.join("\n")}`)).toEqual([
    "1:1 not readable as YAML: Excessive alias count indicates a resource exhaustion attack",
  ]);
});

test("more than 200 problems are only counted", () => {
  const problems = problemsOf(HEAD + Array.from({ length: 500 }, (_, index) => `k${index}: 1`).join("\n"));
  expect(problems).toHaveLength(201);
  expect(problems.at(-1)).toMatch(/and \d+ more problems$/);
});
