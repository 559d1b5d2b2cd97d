// Tries requests on the page about the API. The token is stored only in this module's memory.

import { each, element } from "./dom.js";

const LONGEST = 100_000;

function tryRequests(card) {
  let token = "";
  const state = card.querySelector("[data-api-state]");
  const field = card.querySelector("#api-token");
  card.hidden = false;

  card.querySelector("[data-api-token]").addEventListener("submit", (event) => {
    event.preventDefault();
    token = field.value.trim();
    field.value = "";
    state.textContent = token ? `Using the token that ends in …${token.slice(-4)}.` : "No token.";
  });

  card.querySelector("[data-api-sign-in]").addEventListener("submit", async (event) => {
    event.preventDefault();
    const password = card.querySelector("#api-password");
    const body = JSON.stringify({ email: card.querySelector("#api-email").value, password: password.value });
    password.value = "";
    const answer = await call("POST", "/api/auth/login/", { "content-type": "application/json" }, body);
    const told = read(answer.text);
    token = told?.access ?? "";
    state.textContent = token ? "Using your new token." : told?.detail ?? answer.said;
  });

  for (const operation of document.querySelectorAll("[data-operation]")) {
    operation.addEventListener("toggle", () => operation.open && offer(operation, () => token), { once: true });
    if (operation.open) offer(operation, () => token);
  }
  openMarked();
  addEventListener("hashchange", openMarked);
}

// Opens the operation in the fragment of the address.
function openMarked() {
  const marked = document.getElementById(location.hash.slice(1));
  if (marked?.matches("[data-operation]")) marked.open = true;
}

function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function call(method, path, headers, body) {
  const start = performance.now();
  try {
    const answer = await fetch(path, { method, headers: { accept: "application/json", ...headers }, body, credentials: "omit", cache: "no-store" });
    const text = await answer.text();
    const said = `${answer.status} ${answer.statusText}`.trim();
    return { said: `${said}, ${Math.round(performance.now() - start)} ms`, headers: [...answer.headers], text };
  } catch {
    return { said: "Praxis could not be reached. Try again in a moment.", headers: [], text: "" };
  }
}

// The form of one operation, created when the user opens it.
function offer(operation, token) {
  const place = operation.querySelector(".operation-body");
  if (place.querySelector("form")) return;
  const form = element("form", { className: "docs-request" });
  const fields = element("div", { className: "docs-request-fields" });
  // Lists have so many filters that the common parameters would be hard to find among them.
  const seldom = element("div", { className: "docs-request-fields" });
  const inputs = [...operation.querySelectorAll("[data-parameter]")].map((part) => {
    const { parameter, place: where, example } = part.dataset;
    const id = `${operation.id}-${parameter}`;
    const input = element("input", { id, className: "field-input", value: example, required: where === "path", autocomplete: "off", spellcheck: false });
    (parameter.includes("__") ? seldom : fields).append(labelled(id, parameter, input));
    return { parameter, where, input };
  });
  const sample = operation.querySelector("[data-body]");
  const body = sample && element("textarea", { id: `${operation.id}-body`, className: "field-input", value: sample.textContent, spellcheck: false });
  const button = element("button", { className: "button primary", textContent: "Send" });
  const actions = element("div", { className: "actions" });
  const result = element("div", { role: "status" });
  actions.append(button);
  if (inputs.length) form.append(fields);
  if (seldom.childElementCount) {
    const more = element("details", { className: "docs-response" });
    more.append(element("summary", { textContent: "More filters" }), seldom);
    form.append(more);
  }
  if (body) form.append(labelled(body.id, "Body", body));
  form.append(actions, result);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    const { path, headers } = address(operation.dataset.path, inputs);
    if (token() && !("open" in operation.dataset)) headers.authorization = `Bearer ${token()}`;
    if (body) headers["content-type"] = "application/json";
    show(result, await call(operation.dataset.method, path, headers, body?.value));
    button.disabled = false;
  });
  const parts = [element("h3", { textContent: "Try it" }), form];
  place.querySelector("h3").before(...parts);
}

function labelled(id, name, input) {
  const field = element("div", { className: "field" });
  field.append(element("label", { htmlFor: id, className: "field-label", textContent: name }), input);
  return field;
}

function address(pattern, inputs) {
  const asked = new URLSearchParams();
  const headers = {};
  let path = pattern;
  for (const { parameter, where, input } of inputs) {
    const value = input.value.trim();
    if (where === "path") path = path.replace(`{${parameter}}`, encodeURIComponent(value));
    else if (value && where === "header") headers[parameter.toLowerCase()] = value;
    else if (value) asked.append(parameter, value);
  }
  return { path: asked.size ? `${path}?${asked}` : path, headers };
}

function show(result, { said, headers, text }) {
  const told = read(text);
  const body = told === null ? text : JSON.stringify(told, null, 2);
  const cut = body.length > LONGEST ? `${body.slice(0, LONGEST)}\n… and ${body.length - LONGEST} more characters` : body;
  const parts = [element("p", { textContent: said })];
  if (headers.length) {
    const list = element("details", { className: "docs-response" });
    const names = headers.map(([name, value]) => `${name}: ${value}`).join("\n");
    list.append(element("summary", { textContent: "Headers" }), element("pre", { className: "example", textContent: names }));
    parts.push(list);
  }
  if (cut) parts.push(element("pre", { className: "example", textContent: cut }));
  result.replaceChildren(...parts);
}

each("[data-api]", tryRequests);
