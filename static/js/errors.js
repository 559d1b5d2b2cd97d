// The error summary takes the focus; its links lead to the fields.

export function focusErrors() {
  const summary = document.querySelector(".error-summary");
  if (!summary) return;
  if (!summary.hasAttribute("tabindex")) summary.tabIndex = -1;
  summary.focus();
  summary.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!field) return;
    event.preventDefault();
    const closed = field.closest("details:not([open])");
    if (closed) closed.open = true;
    const target = focusTarget(field);
    (target.closest(".field") ?? target).scrollIntoView({ block: "start" });
    target.focus({ preventScroll: true });
  });
}

// What to focus: the field itself, its replacement by script, or the first field of a group.
function focusTarget(field) {
  const shown = [field, ...field.querySelectorAll("input, select, textarea")].filter((one) => one.checkVisibility());
  const typed = shown.find((one) => one.matches("input, select, textarea"));
  if (typed) return typed;
  if (shown.length > 0) return field;
  const instead = [...(field.closest(".field")?.querySelectorAll("input, select, textarea, [tabindex='0']") ?? [])];
  return instead.find((one) => one.checkVisibility()) ?? field;
}
