// Prevents sending a form twice. The answer replaces the page, so the guard lasts until then; a file that is downloaded does not.

const DOWNLOAD_MS = 3000;
const ANSWER_MS = 120_000;

const wait = (form) => (form.hasAttribute("data-download") ? DOWNLOAD_MS : ANSWER_MS);

export function ignoreSecondSubmit() {
  const sent = new WeakMap();
  const release = (button) => button.removeAttribute("aria-disabled");
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (Date.now() - (sent.get(form) ?? 0) < wait(form)) return event.preventDefault();
    sent.set(form, Date.now());
    const button = event.submitter;
    button?.setAttribute("aria-disabled", "true");
    if (button) setTimeout(release, wait(form), button);
  });
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.forms) sent.delete(form);
    document.querySelectorAll("button[aria-disabled]").forEach(release);
  });
}
