// Prevents sending a form twice with a double click.

const RESUBMIT_MS = 3000;

export function ignoreSecondSubmit() {
  const sent = new WeakMap();
  const release = (button) => button.removeAttribute("aria-disabled");
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (Date.now() - (sent.get(form) ?? 0) < RESUBMIT_MS) return event.preventDefault();
    sent.set(form, Date.now());
    const button = event.submitter;
    button?.setAttribute("aria-disabled", "true");
    if (button) setTimeout(release, RESUBMIT_MS, button);
  });
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.forms) sent.delete(form);
    document.querySelectorAll("button[aria-disabled]").forEach(release);
  });
}
