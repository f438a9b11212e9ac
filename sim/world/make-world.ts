import type { Scenario } from "../language/scenario.ts";
import { heal, performAction } from "./actions.ts";
import type { Truth, World, WorldOptions } from "./api.ts";
import { assemble, type MakeDaemon } from "./assemble.ts";
import { givenTruth, layOutGiven } from "./given.ts";
import { type Kernel, manage } from "./kernel.ts";
import { layOut, ROOT } from "./layout.ts";
import { createSampler } from "./sampler.ts";
import { settle } from "./settle.ts";
import { deliveredTo, filesUnderRoot, isBusy, viewOf } from "./views.ts";

/** A world around any daemon; `createWorld` in `world.ts` is the one with the production daemon. */
export function makeWorld(scenario: Scenario, options: WorldOptions, makeDaemon: MakeDaemon): World {
  const kernel = assemble(scenario, options, makeDaemon);
  const { machine, daemons, failures, trace } = kernel;
  const listeners: (() => void | Promise<void>)[] = [];
  const now = machine.clock.elapsedMs;
  const sampler = createSampler(kernel, options.telemetry?.sample);

  /** Runs one event to quiescence; what went wrong in it fails the run here. */
  async function event(happen: () => unknown): Promise<void> {
    failures.mine();
    happen();
    await settle();
    failures.throwFirst();
    for (const listener of listeners) await listener();
  }

  return {
    now,
    boot: () =>
      event(() => {
        layOut(machine.disk, scenario);
        layOutGiven(kernel);
        for (const [name, { managed }] of scenario.peers) manage(kernel, name, managed ?? "none");
        daemons.start();
      }),
    perform: (action) => event(() => performAction(kernel, action)),
    async advanceTo(ms) {
      for (let next = machine.clock.nextAt(); next !== null && next <= ms; next = machine.clock.nextAt()) {
        await sampler.upTo(next);
        await event(() => machine.clock.next());
      }
      await sampler.upTo(ms);
      if (ms > now()) machine.clock.advanceTo(ms);
    },
    nextEventAt: machine.pending.nextAt,
    busy: () => isBusy(kernel),
    heal: () => heal(kernel),
    onEvent: (listener) => void listeners.push(listener),
    daemon: () => daemons.current()?.daemon ?? null,
    trace,
    peer: (name) => viewOf(kernel, name),
    receipt: kernel.mail.receipt,
    delivered: (name) => deliveredTo(kernel, name),
    file: (path) => machine.disk.peek(`${ROOT}/${path}`),
    files: (glob) => filesUnderRoot(kernel, glob),
    settings: () => kernel.settings,
    truth: truthOf(kernel),
    telemetry: kernel.telemetry,
    async close() {
      daemons.killAll("crash");
      machine.processes.powerOff();
      machine.clock.reboot();
      machine.pending.forgetAll();
      listeners.splice(0);
      await settle();
      failures.close();
    },
  };
}

function truthOf(kernel: Kernel): Truth {
  const { decisions, notices, machine, mail, kills, daemons, managed: owners } = kernel;
  const { all } = machine.processes;
  const managed: Truth["managed"] = (identity) => owners.get(identity) ?? null;
  return {
    ...{ managed, decisions, notices, processes: all, messages: mail.accepted, kills, daemonLife: daemons.life },
    // Laid out when the world boots.
    get given() {
      return givenTruth(kernel);
    },
  };
}
