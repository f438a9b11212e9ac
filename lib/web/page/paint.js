/** @type {HTMLElement | null} */
let probe = null;

/**
 * The value that a colour of the style sheet has right now, for a canvas.
 * @param {string} name of a custom property
 */
export function paint(name) {
  if (probe === null) {
    probe = document.createElement("span");
    probe.hidden = true;
    document.body.append(probe);
  }
  probe.style.color = `var(${name})`;
  return getComputedStyle(probe).color;
}
