// What is shown once can be copied with one press, and is selected as a whole when it is clicked.

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
      // Without leave to write to the clipboard: everything is selected, and Ctrl-C does the rest.
      input.focus();
      input.select();
      said.textContent = "Selected. Press Ctrl and C to copy it.";
    }
  });
}
