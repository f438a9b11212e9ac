import { byId, h } from "./dom.js";
import { momentText, now } from "./time.js";

/** @type {Record<import("./stream.js").ConnectionState, string>} */
const WORDS = { connecting: "connecting…", live: "live", down: "no connection", over: "this link has ended" };

/** Says how far what is shown can be trusted. */
export function createTrouble() {
  const [status, box] = [byId("connection"), byId("trouble")];
  let since = now();
  return {
    /** @param {import("./stream.js").ConnectionState} state */
    show(state) {
      if (state === "live") since = 0;
      else if (since === 0) since = now();
      document.documentElement.dataset["connection"] = state;
      status.textContent = WORDS[state];
      const text = messageOf(state, since);
      box.hidden = text.length === 0;
      if (box.textContent !== text.map((part) => (typeof part === "string" ? part : part.textContent)).join(""))
        box.replaceChildren(...text);
    },
  };
}

/**
 * @param {import("./stream.js").ConnectionState} state
 * @param {number} since
 * @returns {(string | Node)[]}
 */
function messageOf(state, since) {
  if (state === "down")
    return [`The daemon does not answer. What is shown is of ${momentText(since)}; it is tried again every few seconds.`];
  if (state !== "over") return [];
  return [
    `The daemon was started anew, and this page's link ended with the old start. What is shown is of ${momentText(since)}. Print the new link in a terminal, and open it: `,
    h("code", {}, "iapeer view"),
  ];
}
