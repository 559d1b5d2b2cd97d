// A note is stored while somebody writes it: a moment after the last key, and every few seconds of typing. Such requests do not keep
// the session alive. Short words after a full stop become texts.

const QUIET_MS = 2000;
const MOST_MS = 4000;

export function storeNote(form) {
  const chip = document.querySelector("[data-saved]");
  const differs = document.querySelector("[data-differs]");
  let since = 0; // when the first key was pressed that is not stored
  let timer = 0;
  let waits = null; // the request that has no answer yet
  let ended = false;

  const body = () => new URLSearchParams(new FormData(form));
  const send = (options) =>
    fetch(form.dataset.note, { method: "POST", headers: { accept: "application/json" }, redirect: "manual", ...options });

  function show(text, isStored) {
    chip.classList.toggle("ok", isStored);
    chip.classList.toggle("warn", !isStored);
    if (chip.textContent !== text) chip.textContent = text;
  }

  function later(wait) {
    clearTimeout(timer);
    timer = setTimeout(store, wait);
  }

  function changed() {
    if (ended) return;
    const now = Date.now();
    if (since === 0) since = now;
    later(Math.max(0, Math.min(QUIET_MS, since + MOST_MS - now)));
  }

  async function store() {
    if (ended || since === 0 || waits) return;
    const sent = body();
    since = 0;
    waits = new AbortController();
    try {
      const answer = await send({ body: sent, signal: waits.signal });
      const { version, saved, problem, place } = await read(answer);
      if (answer.ok && version) stored(sent, version, saved);
      else if (answer.status === 409) stop(problem, () => { differs.hidden = false; });
      else if (answer.status === 410) stop(problem, () => location.assign(place));
      else failed(answer.status === 401 || answer.type === "opaqueredirect" ? "You are signed out. Save the draft" : problem);
    } catch {
      failed();
    }
    waits = null;
    if (since !== 0) later(Math.max(0, Math.min(QUIET_MS, since + MOST_MS - Date.now())));
  }

  // The texts that are stored now are those that the page began with, so that nothing counts as unsaved.
  function stored(sent, version, saved) {
    form.elements.version.value = version;
    for (const field of form.querySelectorAll("textarea")) {
      if (field.value.replaceAll("\r\n", "\n") === sent.get(field.name)?.replaceAll("\r\n", "\n")) field.defaultValue = field.value;
    }
    for (const option of form.querySelectorAll("option")) option.defaultSelected = option.selected;
    show(saved, true);
  }

  function stop(problem, then) {
    ended = true;
    show(problem ?? "Not saved", false);
    then();
  }

  // The next attempt may succeed.
  function failed(problem) {
    since = Date.now();
    show(problem ? `Not saved. ${problem}` : "Not saved yet", false);
  }

  // Whoever leaves loses nothing: the browser sends this after the page is gone.
  function leave() {
    if (ended || (since === 0 && !waits)) return;
    waits?.abort();
    clearTimeout(timer);
    since = 0;
    send({ body: body(), keepalive: true }).catch(() => {});
  }

  form.addEventListener("input", changed);
  form.addEventListener("focusin", ({ target }) => { if (target.matches("textarea")) form.elements.last_field.value = target.name; });
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    clearTimeout(timer);
    ended = true;
    waits?.abort();
  });
  addEventListener("pagehide", leave);
  addEventListener("pageshow", ({ persisted }) => { if (persisted && ended) location.reload(); });
  document.addEventListener("visibilitychange", () => { if (document.hidden) store(); });
  for (const field of form.querySelectorAll("textarea")) field.addEventListener("input", () => expand(field));
  const last = form.querySelector("[autofocus]"); // one goes on where the text ends
  last?.setSelectionRange(last.value.length, last.value.length); // whether the browser has given it the focus yet or not
}

async function read(answer) {
  try {
    return await answer.json();
  } catch {
    return {};
  }
}

// `.bp ` becomes its text as soon as the space is typed.
function expand(field) {
  const end = field.selectionEnd;
  const [, word] = field.value.slice(0, end).match(/(?:^|\s)\.(\S+)\s$/) ?? [];
  if (!word) return;
  const phrase = [...document.querySelectorAll("[data-phrase]")].find((known) => known.dataset.phrase.toLowerCase() === word.toLowerCase());
  if (phrase) field.setRangeText(phrase.textContent, end - word.length - 2, end - 1, "preserve");
}
