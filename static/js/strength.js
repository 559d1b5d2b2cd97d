// The rules for a new password, ticked off while the user types, and its strength. Simple rules are checked here; at pauses the
// server is asked for the rest, and it checks everything again when the form is sent.

import { attributes, debounced, element } from "./dom.js";

const PAUSE_MS = 400;
const ABOUT = ["username", "email", "first_name", "last_name"];

export function judgePassword(input) {
  const form = input.form;
  const again = document.getElementById(`${input.id}_again`);
  const rules = element("ul", { className: "strength-rules" });
  const least = Number(input.dataset.least);
  const length = rule(rules, `At least ${least} characters`);
  const letters = rule(rules, "Not only digits");
  const same = again ? rule(rules, "Passwords match") : () => {};
  const meter = attributed(element("meter", { className: "strength-meter" }), { min: 0, max: 4, low: 2, high: 3, optimum: 4, "aria-label": "Password strength" });
  const words = element("p", { className: "strength-words", role: "status" });
  const box = element("div", { className: "strength" });
  box.append(rules, meter, words);
  input.closest(".field").after(box);
  let request = null;

  async function ask() {
    request?.abort();
    request = new AbortController();
    const asked = new URLSearchParams({ password: input.value });
    for (const name of ABOUT) {
      const value = document.getElementById(name)?.value;
      if (value) asked.set(name, value);
    }
    try {
      const answer = await fetch("/password/check", {
        method: "POST",
        body: asked,
        headers: { "x-csrf-token": form.elements.csrf_token.value },
        signal: request.signal,
      });
      if (answer.ok) tell(await answer.json());
    } catch {
      // Without a response the rules above stay, and the form is checked when it is sent.
    }
  }

  function tell({ score, word, estimate, broken }) {
    meter.value = score;
    meter.textContent = word;
    words.textContent = broken.length > 0 ? `${broken.join(". ")}.` : score > 2 ? `${word} password.` : `${word} password. ${estimate}.`;
    words.classList.toggle("wrong", broken.length > 0);
  }

  const askSoon = debounced(ask, PAUSE_MS);

  function show() {
    const typed = [...input.value.normalize("NFKC")];
    length(typed.length >= least);
    letters(typed.length > 0 && !/^\p{N}+$/u.test(input.value));
    same(typed.length > 0 && input.value === again?.value);
  }

  function judge() {
    show();
    if (input.value !== "") return askSoon();
    askSoon.cancel();
    request?.abort();
    meter.value = 0;
    words.textContent = "";
  }

  input.addEventListener("input", judge);
  again?.addEventListener("input", show);
  judge();
}

// A rule that can be ticked off; the text for screen readers comes before it.
function rule(list, text) {
  const state = element("span", { className: "visually-hidden" });
  const line = element("li");
  line.append(state, text);
  list.append(line);
  return (met) => {
    line.classList.toggle("met", met);
    state.textContent = met ? "Done: " : "Not done: ";
  };
}

function attributed(made, values) {
  attributes(made, values);
  return made;
}
