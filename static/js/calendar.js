// The calendar by keyboard and by dragging. The same can be done with links: a visit opens its page, which can move it.
// Arrows go through a column and across columns; n books at the time that has the focus.

export function calendar(box) {
  box.addEventListener("keydown", (event) => move(box, event));
  for (const visit of box.querySelectorAll("[data-moves]")) {
    visit.draggable = true;
    visit.addEventListener("dragstart", (event) => {
      event.dataTransfer.setData("text/plain", visit.dataset.moves);
      event.dataTransfer.effectAllowed = "move";
    });
  }
  for (const free of box.querySelectorAll("[data-free]")) {
    free.addEventListener("dragover", (event) => {
      event.preventDefault();
      free.classList.add("over");
    });
    free.addEventListener("dragleave", () => free.classList.remove("over"));
    free.addEventListener("drop", (event) => {
      event.preventDefault();
      drop(event.dataTransfer.getData("text/plain"), free.dataset.free);
    });
  }
}

function drop(action, at) {
  const form = document.querySelector("form[data-move]");
  if (!form || !/^\/appointments\/\d+\/move$/.test(action)) return;
  form.action = action;
  form.elements.at.value = at;
  form.requestSubmit();
}

function move(box, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const columns = [...box.querySelectorAll(".cal-col")].map((column) => [...column.querySelectorAll(".cal-slots a")]);
  const x = columns.findIndex((links) => links.includes(document.activeElement));
  const y = x < 0 ? -1 : columns[x].indexOf(document.activeElement);
  if (event.key === "n") return book(box, columns, x, y, event);
  const next = target(columns, x, y, event.key);
  if (!next) return;
  event.preventDefault();
  next.focus();
}

function target(columns, x, y, key) {
  const filled = columns.filter((links) => links.length > 0);
  if (x < 0) return key === "ArrowDown" ? filled[0]?.[0] : null;
  if (key === "ArrowDown") return columns[x][y + 1];
  if (key === "ArrowUp") return columns[x][y - 1];
  const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
  if (!step) return null;
  const top = document.activeElement.getBoundingClientRect().top;
  const distance = (link) => Math.abs(link.getBoundingClientRect().top - top);
  for (let column = x + step; columns[column]; column += step) {
    if (columns[column].length > 0) return columns[column].reduce((best, link) => (distance(link) < distance(best) ? link : best));
  }
  return null;
}

// The free time that has the focus, or the next one below it.
function book(box, columns, x, y, event) {
  const below = x < 0 ? [...box.querySelectorAll(".cal-slots a")] : columns[x].slice(y);
  const free = below.find((link) => link.closest("[data-free]"));
  if (!free) return;
  event.preventDefault();
  free.click();
}
