import { h } from "./dom.js";

/** @typedef {import("../contract.ts").Numbers} Numbers */

/**
 * The numbers on top.
 * @param {HTMLElement} host
 */
export function createNumbers(host) {
  /** @type {[string, string, (numbers: Numbers) => number, string][]} */
  const all = [
    ["up", "alive or booting", ({ states }) => (states["alive"] ?? 0) + (states["booting"] ?? 0), ""],
    ["asleep", "parked until a message", ({ states }) => states["asleep"] ?? 0, ""],
    ["need a person", "a dialog waits", ({ states }) => states["waiting"] ?? 0, "warn"],
    ["held", "crash loops", ({ held }) => held, "hold"],
    ["messages waiting", "not landed yet", ({ waiting }) => waiting, "mail"],
    ["woken fresh", "last 24 hours", ({ fresh }) => fresh, "fresh"],
    ["resumed", "last 24 hours", ({ resume }) => resume, "resume"],
    ["wakes refused", "last 24 hours", ({ refused }) => refused, "bad"],
    ["crashes", "last 24 hours", ({ crashes }) => crashes, "bad"],
  ];
  const shown = all.map(([name, hint, read, tone]) => {
    const value = h("dd", {}, "–");
    const box = h("div", { class: "number" }, h("dt", {}, name), value, h("dd", { class: "hint" }, hint));
    return { box, value, read, tone };
  });
  host.replaceChildren(...shown.map(({ box }) => box));
  return {
    /** @param {Numbers} numbers */
    show(numbers) {
      for (const { box, value, read, tone } of shown) {
        const count = read(numbers);
        value.textContent = String(count);
        box.className = count > 0 && tone !== "" ? `number tone-${tone}` : "number";
      }
    },
  };
}
