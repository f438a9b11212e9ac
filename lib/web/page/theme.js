/** @type {readonly string[]} */
const CHOICES = ["auto", "dark", "light"];

/**
 * The button that goes through automatic, dark and light; automatic follows the system.
 * @param {HTMLElement} button
 * @param {{ first?: string | null, changed?: (choice: string) => void }} options
 */
export function themeButton(button, { first = null, changed = () => {} } = {}) {
  let index = Math.max(0, CHOICES.indexOf(first ?? ""));
  const show = () => {
    const choice = CHOICES[index] ?? "auto";
    document.documentElement.dataset["theme"] = choice;
    button.textContent = `theme: ${choice}`;
  };
  button.addEventListener("click", () => {
    index = (index + 1) % CHOICES.length;
    show();
    changed(CHOICES[index] ?? "auto");
  });
  show();
}
