// A reference field: the select is still what is sent; a combobox (ARIA pattern "list autocomplete with manual selection")
// chooses its value. If the list cannot be fetched, the plain search and select are shown again.

import { attributes, element } from "./dom.js";

const TYPING_MS = 150;

export function reference(box) {
  const input = box.querySelector(".reference-search");
  const find = box.querySelector(".reference-find");
  const select = box.querySelector("select");
  if (!input || !select) return;
  const list = element("ul", { id: `${input.id || select.name}-options`, className: "options", role: "listbox", hidden: true });
  const status = element("p", { className: "visually-hidden", role: "status" });
  const plain = { name: input.name, required: select.required };
  let active = null;
  let timer = 0;
  let request = null;

  const chosen = () => (select.value === "" ? "" : select.selectedOptions[0]?.text.trim() ?? "");
  const options = () => [...list.querySelectorAll("[role=option]")];

  function point(option) {
    active?.setAttribute("aria-selected", "false");
    active = option ?? null;
    active?.setAttribute("aria-selected", "true");
    active?.scrollIntoView({ block: "nearest" });
    if (active) input.setAttribute("aria-activedescendant", active.id);
    else input.removeAttribute("aria-activedescendant");
  }

  function close() {
    clearTimeout(timer);
    request?.abort();
    point(null);
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
  }

  function choose(value, label) {
    if (![...select.options].some((option) => option.value === value)) select.add(new Option(label, value));
    select.value = value;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function pick(option) {
    choose(option.dataset.value, option.dataset.label);
    input.value = chosen();
    close();
  }

  function show({ results, more, nothing }) {
    point(null);
    list.replaceChildren(...results.map(({ id, label, hint }, index) => {
      const option = Object.assign(element("li", { id: `${list.id}-${index}`, role: "option" }, { value: id }), { ariaSelected: "false" });
      option.append(element("bdi", { textContent: label }));
      option.dataset.label = label;
      if (hint) option.append(element("small", { textContent: hint }));
      return option;
    }));
    const hint = results.length === 0 ? nothing : more ? "Type more to see fewer results" : "";
    status.textContent = hint || `${results.length} found`;
    if (hint) list.append(element("li", { className: "options-note", role: "presentation", textContent: hint }));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  }

  async function load(query) {
    request?.abort();
    request = new AbortController();
    try {
      const url = new URL(box.dataset.optionsUrl, location.href);
      url.searchParams.set("q", query);
      const beside = box.dataset.beside; // mapping.patient_id: what the chosen patient has already is not offered
      const other = beside && select.form?.elements[beside.split(".")[1]]?.value;
      if (other) url.searchParams.set("joined", `${beside}.${other}`);
      const answer = await fetch(url, { signal: request.signal, headers: { accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.statusText);
      const found = await answer.json();
      if (document.activeElement === input) show(found);
    } catch (error) {
      if (error.name !== "AbortError") withdraw();
    }
  }

  function search(query, wait) {
    clearTimeout(timer);
    timer = setTimeout(load, wait, query);
  }

  function onInput() {
    if (input.value.trim() === "" && select.querySelector("option[value='']")) choose("", "");
    search(input.value.trim(), TYPING_MS);
  }

  function onKey(event) {
    const all = options();
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) return search(input.value === chosen() ? "" : input.value.trim(), 0);
      const step = event.key === "ArrowDown" ? 1 : -1;
      const from = active ? all.indexOf(active) : step > 0 ? -1 : 0;
      point(all[(from + step + all.length) % all.length]);
    } else if (event.key === "Enter" && !list.hidden) {
      event.preventDefault();
      if (active) pick(active);
      else if (all.length === 1) pick(all[0]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.stopPropagation();
      input.value = chosen();
      close();
    }
  }

  function onBlur() {
    close();
    input.value = chosen(); // shows the value that will be sent
  }

  function onClick() {
    if (!list.hidden) return;
    input.select();
    search("", 0);
  }

  const listeners = { input: onInput, keydown: onKey, blur: onBlur, click: onClick };

  function withdraw() {
    close();
    for (const [name, listener] of Object.entries(listeners)) input.removeEventListener(name, listener);
    for (const name of ["role", "aria-expanded", "aria-controls", "aria-autocomplete"]) input.removeAttribute(name);
    input.name = plain.name;
    select.required = plain.required;
    select.classList.remove("hidden-by-script");
    find?.classList.remove("hidden-by-script");
    if (find) find.type = "submit";
    list.remove();
  }

  for (const [name, listener] of Object.entries(listeners)) input.addEventListener(name, listener);
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the input keeps the focus
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) pick(option);
  });
  attributes(input, { role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list", autocomplete: "off" });
  const label = select.labels[0];
  if (label) label.id ||= `${list.id}-label`;
  if (label && input.id && input.labels.length === 0) label.htmlFor = input.id;
  attributes(list, label ? { "aria-labelledby": label.id } : { "aria-label": "Matches" });
  input.removeAttribute("name");
  select.required = false; // browsers cannot focus a hidden field to report it; the server checks it
  select.classList.add("hidden-by-script");
  find?.classList.add("hidden-by-script");
  if (find) find.type = "button"; // otherwise Enter anywhere in the form would activate it
  input.value = chosen();
  addEventListener("pageshow", () => { if (list.isConnected) input.value = chosen(); }); // after the browser has restored the form
  (input.closest(".reference-row") ?? input).after(list, status);
}
