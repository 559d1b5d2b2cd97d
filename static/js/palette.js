// The palette: Ctrl-K (or Cmd-K, the search box, or the button on phones) opens a dialog that finds pages and records. A combobox with a grouped
// list; the server decides what the user may see. Without script there is the search page.

import { attributes, debounced, element, icon } from "./dom.js";
import { recall, remember } from "./recent.js";

const TYPING_MS = 120;
const RECENT = 8; // items before anything is typed

export function offerPalette(button) {
  let palette = null;
  const open = (typed = "") => (palette ??= build()).open(typed);
  button.hidden = false;
  button.addEventListener("click", () => open());
  const box = document.querySelector("#find");
  if (box) opensFrom(box, open);
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    event.preventDefault();
    open();
  });
}

// A click shows what was opened last. The focus alone opens nothing, so that the Tab key goes past the box; typing does, and
// the down arrow.
function opensFrom(box, open) {
  box.setAttribute("aria-haspopup", "dialog");
  box.addEventListener("click", () => open());
  box.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown") return;
    event.preventDefault();
    open();
  });
  box.addEventListener("input", (event) => {
    if (event.isComposing) return;
    const typed = box.value;
    box.value = "";
    open(typed);
  });
}

function build() {
  const dialog = element("dialog", { className: "palette", ariaLabel: "Search for a page or a record" });
  const head = element("div", { className: "palette-head" });
  const input = element("input", { type: "text", role: "combobox", autocomplete: "off", spellcheck: false, placeholder: "Search for a page, a person or a record" });
  const close = element("button", { type: "button", className: "button quiet small", textContent: "Close" });
  const list = element("ul", { id: "palette-list", className: "palette-list", role: "listbox", ariaLabel: "Results" });
  const status = element("p", { className: "visually-hidden", role: "status" });
  attributes(input, { "aria-label": "Search for a page, a person or a record", "aria-expanded": "true", "aria-controls": list.id, "aria-autocomplete": "list" });
  head.append(icon("search"), input, close);
  dialog.append(head, list, status);
  document.body.append(dialog);

  let options = []; // an item and its element, in order
  let active = -1;
  let request = null;
  let stale = false; // the results are for an earlier query
  let waiting = false; // Enter was pressed before the response arrived
  let before = null;

  function point(index) {
    options[active]?.row.setAttribute("aria-selected", "false");
    active = options.length === 0 ? -1 : (index + options.length) % options.length;
    const row = options[active]?.row;
    row?.setAttribute("aria-selected", "true");
    row?.scrollIntoView({ block: "nearest" });
    if (row) input.setAttribute("aria-activedescendant", row.id);
    else input.removeAttribute("aria-activedescendant");
  }

  function show(groups, nothing = "") {
    options = [];
    list.replaceChildren(...groups.map((group, place) => {
      const title = element("li", { id: `palette-group-${place}`, className: "palette-title", role: "presentation", textContent: titleOf(group) });
      const inner = element("ul", { role: "group" });
      inner.setAttribute("aria-labelledby", title.id);
      inner.append(title, ...group.items.map(draw));
      const holder = element("li", { role: "presentation" });
      holder.append(inner);
      return holder;
    }));
    if (nothing) list.prepend(element("li", { className: "palette-title", role: "presentation", textContent: nothing }));
    list.scrollTop = 0;
    point(0);
  }

  // How many there are, if not all are shown.
  function titleOf(group) {
    const count = group.total ? ` (${group.items.length} of ${group.total})` : "";
    return `${group.title}${count}${group.is_similar ? ": similar names" : ""}`;
  }

  function draw(item) {
    const row = element("li", { id: `palette-option-${options.length}`, className: "palette-option", role: "option", ariaSelected: "false" });
    const label = element("span", { className: "palette-label" });
    label.append(element("bdi", { textContent: item.label }));
    row.append(icon(item.icon), label);
    if (item.hint) row.append(element("span", { className: "palette-hint", textContent: item.hint }));
    row.addEventListener("click", () => go(item));
    options.push({ item, row });
    return row;
  }

  function go(item) {
    if (item.post) {
      dialog.close();
      return document.querySelector(`form[action="${item.href}"]`)?.requestSubmit(); // with the page's own token
    }
    if (!item.href.startsWith("/search?")) remember(item);
    dialog.close();
    location.assign(item.href);
  }

  // The records that were opened last, and what was chosen here.
  function withRecent(groups) {
    const opened = groups.find((group) => group.title === "Recent")?.items ?? [];
    const others = recall().filter((item) => !opened.some((other) => other.href === item.href));
    const rest = groups.filter((group) => group.title !== "Recent");
    const recent = [...opened, ...others].slice(0, RECENT);
    return recent.length > 0 ? [{ title: "Recent", items: recent }, ...rest] : rest;
  }

  // Links to all results, also if the palette gets no response.
  function everywhere(query) {
    const href = `/search?${new URLSearchParams({ q: query })}`;
    return { title: "Everywhere", items: [{ label: `Search for ‘${query}’`, hint: "", href, icon: "search" }] };
  }

  async function load(query) {
    request?.abort();
    request = new AbortController();
    const { signal } = request;
    let groups = [];
    let nothing = "";
    try {
      const answer = await fetch(`/palette?${new URLSearchParams({ q: query })}`, { signal, redirect: "error", headers: { accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.statusText);
      ({ groups, nothing } = await answer.json());
    } catch (error) {
      if (error.name === "AbortError") return;
    }
    if (signal.aborted || query !== input.value.trim()) return; // the query has changed
    const found = groups.reduce((sum, group) => sum + group.items.length, 0);
    if (query === "") groups = withRecent(groups);
    if (query !== "") groups.push(everywhere(query));
    show(groups, nothing);
    stale = false;
    const count = found === 1 ? "1 result" : `${found === 0 ? "No" : found} results`;
    status.textContent = query === "" ? "" : nothing ? `${nothing}. ${count}` : count;
    if (waiting && options[active]) go(options[active].item);
  }

  const search = debounced(load, TYPING_MS);

  input.addEventListener("input", () => {
    request?.abort();
    waiting = false;
    stale = true;
    search(input.value.trim());
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") point(active + 1);
    else if (event.key === "ArrowUp") point(active - 1);
    else if (event.key === "Enter" && stale) waiting = true;
    else if (event.key === "Enter" && options[active]) go(options[active].item);
    else if (event.key !== "Enter") return;
    event.preventDefault();
  });
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the input keeps the focus
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => {
    search.cancel();
    request?.abort();
    before?.focus();
  });

  return {
    open(typed) {
      if (dialog.open) return input.select();
      before = document.activeElement;
      input.value = typed;
      stale = true;
      waiting = false;
      show([]);
      dialog.showModal();
      input.focus();
      load(typed.trim());
    },
  };
}
