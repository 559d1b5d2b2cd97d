// Builds markup from elements and text only.

export function element(name, properties = {}, data = {}) {
  const made = Object.assign(document.createElement(name), properties);
  if (properties.role) made.setAttribute("role", properties.role);
  Object.assign(made.dataset, data);
  return made;
}

export function attributes(target, values) {
  for (const [name, value] of Object.entries(values)) target.setAttribute(name, value);
}

export function each(selector, enhance) {
  document.querySelectorAll(selector).forEach((found) => enhance(found));
}

// A symbol of the page's sprite.
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const sprite = document.querySelector("svg.icon use")?.getAttribute("href").split("#")[0] ?? "";
  const drawn = document.createElementNS(space, "svg");
  attributes(drawn, { class: "icon", "aria-hidden": "true" });
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `${sprite}#${name}`);
  drawn.append(use);
  return drawn;
}

// Runs the last call after a pause.
export function debounced(run, wait) {
  let timer = 0;
  const later = (...words) => {
    clearTimeout(timer);
    timer = setTimeout(run, wait, ...words);
  };
  later.cancel = () => clearTimeout(timer);
  return later;
}
