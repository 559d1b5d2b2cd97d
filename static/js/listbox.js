// A grouped list with multiple selection: by mouse, by touch, and by keys (arrows, Home, End, Space, Shift with arrows, Ctrl-A;
// Enter or a double click moves the selected entries).

import { element } from "./dom.js";

export function listbox({ id, label, onPick }) {
  const root = element("ul", { id, className: "two-lists-list", role: "listbox", tabIndex: 0, ariaLabel: label, ariaMultiSelectable: "true" });
  const picked = new Set();
  let rows = []; // an entry and its element
  let active = null;

  const tell = () => root.dispatchEvent(new CustomEvent("picked"));
  const inOrder = () => rows.filter(({ entry }) => picked.has(entry)).map(({ entry }) => entry);

  function mark() {
    for (const { entry, item } of rows) {
      item.ariaSelected = String(picked.has(entry));
      item.classList.toggle("active", entry === active);
      if (entry === active) root.setAttribute("aria-activedescendant", item.id);
    }
    if (!rows.some(({ entry }) => entry === active)) root.removeAttribute("aria-activedescendant");
    tell();
  }

  function point(index, extend) {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (!row) return;
    if (extend && active) picked.add(active);
    active = row.entry;
    if (extend) picked.add(active);
    row.item.scrollIntoView({ block: "nearest" });
    mark();
  }

  function toggle(entry) {
    if (!picked.delete(entry)) picked.add(entry);
    active = entry;
    mark();
  }

  root.addEventListener("keydown", (event) => {
    const at = rows.findIndex(({ entry }) => entry === active);
    const steps = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 };
    if (event.key in steps) point(steps[event.key], event.shiftKey);
    else if (event.key === " " && active) toggle(active);
    else if (event.key === "Enter") onPick(picked.size > 0 ? inOrder() : active ? [active] : []);
    else if (event.key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey)) {
      rows.forEach(({ entry }) => picked.add(entry));
      mark();
    } else return;
    event.preventDefault();
  });
  root.addEventListener("focus", () => { if (!active && root.matches(":focus-visible") && rows.length > 0) point(0, false); });
  const entryOf = (event) => rows.find(({ item }) => item === event.target.closest("[role=option]"))?.entry;
  root.addEventListener("click", (event) => {
    const entry = entryOf(event);
    if (entry) toggle(entry);
  });
  root.addEventListener("dblclick", (event) => {
    const entry = entryOf(event);
    if (entry) onPick([entry]);
  });

  // Renders these entries in their groups, or says why there are none.
  function show(entries, empty, next) {
    for (const entry of picked) if (!entries.includes(entry)) picked.delete(entry);
    active = next ?? (entries.includes(active) ? active : null);
    rows = entries.map((entry, index) => ({ entry, item: element("li", { id: `${id}-${index}`, role: "option", textContent: entry.label }) }));
    const parts = [];
    const groups = new Map();
    for (const { entry, item } of rows) {
      if (entry.group === "") {
        parts.push(item);
        continue;
      }
      if (!groups.has(entry.group)) {
        const group = element("ul", { role: "group", ariaLabel: entry.group });
        group.append(element("li", { className: "two-lists-group", role: "presentation", textContent: entry.group }));
        groups.set(entry.group, group);
        const holder = element("li", { role: "presentation" });
        holder.append(group);
        parts.push(holder);
      }
      groups.get(entry.group).append(item);
    }
    if (rows.length === 0) parts.push(element("li", { className: "two-lists-empty", role: "option", ariaDisabled: "true", textContent: empty }));
    root.replaceChildren(...parts);
    mark();
  }

  // The entry after the moved ones, or the one before them at the end.
  function neighbour(gone) {
    const last = rows.findLastIndex(({ entry }) => gone.includes(entry));
    const free = (row) => row && !gone.includes(row.entry);
    return (rows.slice(last + 1).find(free) ?? rows.slice(0, last).findLast(free))?.entry;
  }

  return { root, show, neighbour, picked: inOrder };
}
