// A checklist as two lists, available and chosen. The checkboxes still hold the values and are sent; the lists follow the ARIA
// listbox pattern with multiple selection.

import { attributes, element } from "./dom.js";
import { listbox } from "./listbox.js";

const FEW = 8;

export function twoLists(checklist) {
  const field = checklist.closest(".field");
  const label = checklist.getAttribute("aria-label");
  const id = checklist.id;
  const entries = read(checklist);
  if (entries.length < FEW) return; // few enough to see at a glance
  const status = element("p", { className: "visually-hidden", role: "status" });
  const root = element("div", { className: "two-lists" });
  const sides = [side("Available", false, ["Choose", "Choose all"]), side("Chosen", true, ["Remove", "Remove all"])];

  function side(title, chosen, [someText, allText]) {
    const part = element("div", { className: "two-lists-side" });
    const name = `${id}-${chosen ? "chosen" : "available"}`;
    const heading = element("span", { className: "two-lists-title", id: `${name}-title`, textContent: title });
    const count = element("span", { className: "two-lists-count" });
    const filter = element("input", { type: "search", className: "field-input", id: `${name}-filter`, placeholder: "Filter", autocomplete: "off" });
    filter.setAttribute("aria-label", `Filter ${title.toLowerCase()} ${label.toLowerCase()}`);
    const list = listbox({ id: name, label: `${title} ${label.toLowerCase()}`, onPick: (picked) => move(picked) });
    const some = element("button", { type: "button", className: "button small", textContent: someText });
    const all = element("button", { type: "button", className: "button quiet small", textContent: allText });
    const about = element("span", { className: "visually-hidden", textContent: ` ${label.toLowerCase()} shown by the filter` });
    all.append(about);
    const shown = () => {
      const words = filter.value.trim().toLowerCase().split(/\s+/);
      return entries.filter(({ box, text }) => box.checked === chosen && words.every((word) => text.includes(word)));
    };
    const draw = (active) => {
      const here = shown();
      const total = entries.filter(({ box }) => box.checked === chosen).length;
      list.show(here, total === 0 ? (chosen ? "None chosen" : "All chosen") : "No results", active);
      count.textContent = here.length === total ? `${total}` : `${here.length} of ${total}`;
      attributes(all, { "aria-disabled": String(here.length === 0) });
      attributes(some, { "aria-disabled": String(list.picked().length === 0) });
    };
    const move = (picked) => {
      if (picked.length === 0) return;
      const next = list.neighbour(picked);
      for (const { box } of picked) {
        box.checked = !chosen;
        box.dispatchEvent(new Event("change", { bubbles: true }));
      }
      sides.forEach((one) => one.draw(one.list === list ? next : undefined));
      const what = picked.length === 1 ? picked[0].label : `${picked.length} ${label.toLowerCase()}`;
      const total = entries.filter(({ box }) => box.checked).length;
      status.textContent = `${what} ${chosen ? "removed" : "chosen"}; ${total} chosen in all`;
    };
    filter.addEventListener("input", () => {
      draw();
      status.textContent = `${shown().length} shown`;
    });
    filter.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault(); // it would send the form
      if (event.key === "ArrowDown") {
        event.preventDefault();
        list.root.focus();
      }
    });
    list.root.addEventListener("picked", () => attributes(some, { "aria-disabled": String(list.picked().length === 0) }));
    some.addEventListener("click", () => move(list.picked()));
    all.addEventListener("click", () => move(shown()));
    const head = element("div", { className: "two-lists-head" });
    head.append(heading, count);
    const foot = element("div", { className: "two-lists-foot" });
    foot.append(some, all);
    part.append(head, filter, list.root, foot);
    return { part, draw, list };
  }

  const drawAll = () => sides.forEach((one) => one.draw());
  root.append(...sides.map(({ part }) => part), status);
  checklist.classList.add("hidden-by-script");
  field.append(root);
  drawAll();
  addEventListener("pageshow", drawAll); // after the browser has restored the form
}

// The checkboxes with their labels and groups.
function read(checklist) {
  let group = "";
  const entries = [];
  for (const child of checklist.children) {
    if (child.matches(".checklist-group")) group = child.textContent.trim();
    const box = child.querySelector("input[type=checkbox]");
    if (!box) continue;
    const label = child.textContent.trim();
    entries.push({ box, label, group, text: `${group} ${label}`.toLowerCase() });
  }
  return entries;
}
