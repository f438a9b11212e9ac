/** @type {readonly ["auto", "dark", "light"]} */
const CHOICES = ["auto", "dark", "light"];

/**
 * The button that goes through automatic, dark and light; automatic follows the system.
 * @param {HTMLElement} button
 */
export function themeButton(button) {
  let index = 0;
  const show = () => {
    const choice = CHOICES[index] ?? "auto";
    document.documentElement.dataset["theme"] = choice;
    button.textContent = `theme: ${choice}`;
  };
  button.addEventListener("click", () => {
    index = (index + 1) % CHOICES.length;
    show();
  });
  show();
}
