// The number of characters left in a text with a maximum, counted as the server counts. Nothing that is typed is cut off.

import { debounced, element } from "./dom.js";

const QUIET_MS = 1000;

export function countCharacters(input) {
  const max = Number(input.dataset.max);
  const given = document.getElementById(`${input.id}-count`);
  const count = given ?? element("span", { className: "field-count", hidden: true });
  const status = element("span", { className: "visually-hidden", role: "status" });
  const always = given !== null; // an input shows it only near its end
  const limit = element("span", { className: "visually-hidden", id: given?.id ?? "", textContent: given?.textContent ?? "" });
  count.removeAttribute("id");
  count.setAttribute("aria-hidden", "true"); // announced with the field and at pauses in typing, not at each key
  const left = () => max - [...input.value.trim().normalize("NFC")].length;
  const isNear = () => left() <= Math.max(20, max / 10);
  const announce = debounced(() => { status.textContent = isNear() ? words(left()) : ""; }, QUIET_MS);

  function show() {
    count.hidden = !always && !isNear();
    count.textContent = words(left());
    count.classList.toggle("over", left() < 0);
  }

  input.addEventListener("input", () => { show(); announce(); });
  addEventListener("pageshow", show);
  if (always) count.before(limit);
  else input.after(count);
  count.after(status);
  show();
}

function words(left) {
  const characters = Math.abs(left) === 1 ? "character" : "characters";
  return left < 0 ? `${-left} ${characters} too many` : `${left} ${characters} left`;
}
