// Adds empty inline rows to a form. Without script there are a few empty rows, and saving adds more.

import { countCharacters } from "./counter.js";
import { offerDateShortcuts } from "./date-shortcuts.js";
import { reference } from "./reference.js";

export function addRows(section) {
  const blank = section.querySelector("template[data-rows-blank]");
  const table = section.querySelector(".rows-table");
  if (!blank || !table) return;
  const body = table.tBodies[0];
  const name = section.dataset.rows;
  const button = Object.assign(document.createElement("button"), { type: "button", className: "button small", textContent: "Add another" });
  blank.before(button);
  button.addEventListener("click", () => {
    const row = body.appendChild(document.importNode(blank.content, true).firstElementChild);
    number(row, `${name}-__row__`, `${name}-${next(body, name)}`);
    table.hidden = false;
    section.querySelector("[data-rows-none]")?.remove();
    row.querySelectorAll("[data-reference]").forEach((found) => reference(found));
    row.querySelectorAll("[data-date-shortcuts]").forEach((found) => offerDateShortcuts(found));
    row.querySelectorAll("[data-max]").forEach((found) => countCharacters(found));
    row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  });
}

// One more than the highest row number; the numbers may have gaps.
function next(body, name) {
  const numbers = [...body.rows].map((row) => Number(row.id.slice(name.length + 1))).filter(Number.isInteger);
  return Math.max(-1, ...numbers) + 1;
}

// Replaces the row number in names, ids and references to them.
function number(row, from, to) {
  for (const one of [row, ...row.querySelectorAll("*")]) {
    for (const { name, value } of [...one.attributes]) {
      if (value.includes(from)) one.setAttribute(name, value.replaceAll(from, to));
    }
  }
}
