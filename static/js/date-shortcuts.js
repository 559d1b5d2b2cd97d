// Shortcuts for common dates and times, in the clinic's time zone.

import { element } from "./dom.js";

const DAYS = [["Yesterday", -1], ["Today", 0], ["Tomorrow", 1]];

export function offerDateShortcuts(box) {
  const date = box.querySelector("[type=date]");
  const time = box.querySelector("[type=time]");
  const label = date.closest(".field").querySelector("legend, .field-label").firstChild.textContent.trim();
  const quick = element("div", { className: "date-shortcuts", role: "group", ariaLabel: `Shortcuts for ${label}` });
  const add = (text, fill) => {
    const button = element("button", { type: "button", className: "button small", textContent: text });
    button.addEventListener("click", fill);
    quick.append(button);
  };
  const days = DAYS.filter(([, days]) => days <= 0 || !("past" in box.dataset));
  for (const [text, step] of days) add(text, () => set(date, wall(box.dataset.zone).date, step));
  if (time) {
    add("Now", () => {
      const now = wall(box.dataset.zone);
      set(date, now.date, 0);
      set(time, now.time);
    });
  }
  box.append(quick);
}

function set(input, value, days = 0) {
  const day = input.type === "date" ? new Date(`${value}T00:00:00Z`) : null;
  day?.setUTCDate(day.getUTCDate() + days);
  input.value = day ? day.toISOString().slice(0, 10) : value;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

// The current date and time in this time zone.
function wall(timeZone) {
  const digits = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const format = new Intl.DateTimeFormat("en", { ...digits, timeZone });
  const part = Object.fromEntries(format.formatToParts(new Date()).map(({ type, value }) => [type, value]));
  return { date: `${part.year}-${part.month}-${part.day}`, time: `${part.hour}:${part.minute}` };
}
