// Copies a secret that is shown once with one click, and selects it when it is clicked.

export function copy(button) {
  const input = document.getElementById(button.dataset.copy);
  if (!input) return;
  input.addEventListener("focus", () => input.select());
  const said = Object.assign(document.createElement("span"), { className: "visually-hidden", role: "status" });
  button.after(said);
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(input.value);
      button.textContent = said.textContent = "Copied";
    } catch {
      // Without permission to write to the clipboard: selects everything, for Ctrl-C.
      input.focus();
      input.select();
      said.textContent = "Selected. Press Ctrl and C to copy it.";
    }
  });
}
