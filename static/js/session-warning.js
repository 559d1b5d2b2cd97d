// Before a session ends: a dialog with the time left and a button to stay. Several tabs share one session, so each tells the
// others what it learned, and the server is queried before the warning is shown. Without script a form that is sent too late is
// carried through the sign-in.

import { hasChanges } from "./unsaved.js";

const WARN_MS = 120_000;
const TYPING_MS = 60_000; // the server records presence at most once a minute
const TOLD_S = [60, 30, 10];
const TITLES = { idle: "Are you still there?", last: "Your session expires soon", over: "You are signed out" };

export function warnOfSessionEnd(template) {
  const dialog = template.content.firstElementChild;
  const token = dialog.querySelector("[name=csrf_token]").value;
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel("session") : null;
  document.body.append(dialog);

  let end = 0;
  let stays = false;
  let heard = 0;
  let timer = 0;
  let isOver = false;

  function take({ seconds, can_stay: canStay }) {
    end = Date.now() + seconds * 1000;
    stays = canStay;
    heard = Date.now();
    if (seconds * 1000 > WARN_MS) dialog.close();
    clearTimeout(timer);
    timer = setTimeout(tick, Math.max(0, Math.min(end - Date.now() - WARN_MS, 2 ** 30)));
  }

  // The server's response; null without one.
  async function ask(method, path) {
    try {
      const headers = { accept: "application/json", "x-csrf-token": token };
      const answer = await fetch(path, { method, headers, redirect: "manual" });
      if (answer.type === "opaqueredirect" || answer.status === 401) return { seconds: 0, can_stay: false };
      return answer.ok ? await answer.json() : null;
    } catch {
      return null;
    }
  }

  async function stay() {
    heard = Date.now();
    const left = await ask("POST", "/sessions/stay");
    if (left === null) return;
    if (left.seconds === 0) return over();
    take(left);
    tabs?.postMessage(left);
  }

  async function tick() {
    if (isOver) return;
    if (!dialog.open || Date.now() >= end) {
      const left = await ask("GET", "/sessions/left");
      if (isOver) return;
      if (left?.seconds === 0 || (left === null && Date.now() >= end)) return over();
      if (left !== null) {
        take(left);
        if (left.seconds * 1000 > WARN_MS) return;
      }
    }
    warn();
    clearTimeout(timer);
    timer = setTimeout(tick, 1000);
  }

  function show(state) {
    dialog.querySelector("h2").textContent = TITLES[state];
    for (const part of dialog.querySelectorAll("[data-when]")) part.hidden = !part.dataset.when.split(" ").includes(state);
    if (dialog.open) return;
    dialog.showModal();
    dialog.querySelector(".button.primary:not([hidden])").focus();
  }

  let closed = false;
  function warn() {
    const seconds = Math.max(1, Math.round((end - Date.now()) / 1000));
    for (const part of dialog.querySelectorAll("[data-left]")) part.textContent = words(seconds);
    if (TOLD_S.includes(seconds)) dialog.querySelector("[data-told]").textContent = `${words(seconds)} left`;
    if (stays) show("idle");
    else if (!closed) show("last");
  }

  // Hides the page, which may show health data, from the next person at this desk.
  function over() {
    isOver = true;
    clearTimeout(timer);
    dialog.close();
    document.documentElement.classList.add("signed-out");
    document.title = TITLES.over;
    show("over");
  }

  // If a form has unsaved changes it is sent, so that the sign-in carries it.
  function again() {
    const form = [...document.querySelectorAll("form[data-guard], form[data-note]")].find(hasChanges);
    if (form) return form.requestSubmit();
    location.assign(`/login?${new URLSearchParams({ next: location.pathname + location.search })}`);
  }

  dialog.querySelector("[data-stay]").addEventListener("click", stay);
  dialog.querySelector("[data-again]").addEventListener("click", again);
  dialog.querySelector("[data-close]").addEventListener("click", () => { closed = true; dialog.close(); });
  dialog.addEventListener("cancel", (event) => {
    if (isOver) event.preventDefault();
    else if (stays) stay();
    else closed = true;
  });
  document.addEventListener("input", () => {
    if (!isOver && !dialog.open && stays && Date.now() - heard > TYPING_MS) stay();
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden && end - Date.now() < WARN_MS) tick(); });
  tabs?.addEventListener("message", ({ data }) => { if (!isOver) take(data); });

  take({ seconds: Number(template.dataset.sessionWarning), can_stay: "stays" in template.dataset });
  tabs?.postMessage({ seconds: Number(template.dataset.sessionWarning), can_stay: stays });
}

// Nobody is signed in on this page: other tabs check whether somebody still is.
export function tellOthers() {
  if ("BroadcastChannel" in window) new BroadcastChannel("session").postMessage({ seconds: 0, can_stay: false });
}

// `2 minutes`, `1 minute 5 seconds`
function words(seconds) {
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  const count = (number, unit) => (number === 0 ? "" : `${number} ${unit}${number === 1 ? "" : "s"}`);
  return [count(minutes, "minute"), count(rest, "second")].filter(Boolean).join(" ");
}
