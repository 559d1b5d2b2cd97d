// The three inputs of a date: whoever types a separator, as in 2.4.1964, goes on in the next input, and a whole date that is pasted
// is spread over them.

const SEPARATOR = /^[./\-\s]$/;

export function moveOnAtSeparators(box) {
  const inputs = [...box.querySelectorAll("input")];
  box.addEventListener("keydown", (event) => {
    const next = inputs[inputs.indexOf(event.target) + 1];
    if (!next || event.target.value === "" || !SEPARATOR.test(event.key) || event.isComposing) return;
    event.preventDefault();
    next.focus();
    next.select();
  });
  box.addEventListener("paste", (event) => {
    const parts = event.clipboardData.getData("text").trim().split(/[./\-\s]+/);
    if (parts.length !== inputs.length) return;
    event.preventDefault();
    const ordered = parts[0].length === 4 ? parts.reverse() : parts; // 1964-04-02
    inputs.forEach((input, place) => {
      input.value = ordered[place];
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
    inputs.at(-1).focus();
  });
}
