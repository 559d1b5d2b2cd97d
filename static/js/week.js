// The picture of the week: hours are added, moved and made longer by dragging. The rows below it say the same and are what is saved;
// whoever has no mouse uses them alone.

const STEP = 15;
const EDGE = 7; // how near to an end of a block a press takes hold of that end, in pixels

export function week(section) {
  const picture = section.querySelector("[data-week-picture]");
  if (!picture) return;
  picture.classList.add("is-draggable");
  const rows = new WeakMap();
  const columns = [...picture.querySelectorAll("[data-week-column]")];
  const day = (column) => section.querySelector(`[data-week-day="${column.dataset.weekColumn}"]`);
  const draw = () => columns.forEach((column) => drawColumn(column, day(column), rows));
  draw();
  section.addEventListener("input", draw);
  section.addEventListener("click", (event) => press(section, event, draw));
  for (const column of columns) {
    column.addEventListener("pointerdown", (event) => drag(event, column, rows, (times, row) => {
      write(row ?? blankRow(section, day(column)), times);
      draw();
    }));
  }
}

// "Add hours", "Add a break" and "Remove" without asking the server.
function press(section, event, draw) {
  const button = event.target.closest("button[name=add], button[name=remove]");
  const fieldset = button?.closest("[data-week-day]");
  if (!fieldset) return;
  event.preventDefault();
  if (button.name === "remove") {
    const row = button.closest("[data-week-row]");
    write(row, ["", ""]);
    row.hidden = true;
    fieldset.querySelector("button[name=add]").focus();
  } else {
    const row = blankRow(section, fieldset, true);
    input(row, "kind").value = button.value.endsWith("-break") ? "break" : "hours";
    input(row, "from").focus();
  }
  draw();
}

function input(row, part) {
  return row.querySelector(`[name$="-${part}"]`);
}

function dayRows(fieldset) {
  return [...fieldset.querySelectorAll("[data-week-row]")];
}

// A row without times that is not stored, or a new one.
function blankRow(section, fieldset, isNew) {
  const unused = dayRows(fieldset).find((row) => !row.hidden && !input(row, "from").value && !input(row, "to").value && !input(row, "id"));
  if (unused && !isNew) return unused;
  const blank = section.querySelector("template[data-week-blank]");
  const row = document.importNode(blank.content, true).firstElementChild;
  const known = { __day__: fieldset.dataset.weekDay, __label__: fieldset.querySelector("legend").textContent, __row__: dayRows(fieldset).length };
  fillIn(row, (text) => text.replace(/__(day|label|row)__/g, (name) => known[name]));
  fieldset.querySelector("[data-week-none]")?.remove();
  fieldset.querySelector(".week-add").before(row);
  return row;
}

// Fills in the day and the number in attributes and texts.
function fillIn(row, filled) {
  for (const one of [row, ...row.querySelectorAll("*")]) {
    for (const { name, value } of [...one.attributes]) {
      if (value.includes("__")) one.setAttribute(name, filled(value));
    }
    for (const text of one.childNodes) {
      if (text.nodeType === Node.TEXT_NODE && text.data.includes("__")) text.data = filled(text.data);
    }
  }
}

function write(row, [from, to]) {
  input(row, "from").value = from === "" ? "" : clock(from);
  input(row, "to").value = to === "" ? "" : clock(to % 1440);
}

function clock(minutes) {
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}

function minutes(text) {
  const [hour, minute] = text.split(":").map(Number);
  return hour * 60 + minute;
}

function times(row) {
  const [from, to] = [input(row, "from").value, input(row, "to").value];
  if (!from || !to) return null;
  const span = [minutes(from), minutes(to) || 1440];
  return span[0] < span[1] ? span : null;
}

function drawColumn(column, fieldset, rows) {
  const blocks = dayRows(fieldset).map((row) => {
    const span = times(row);
    if (!span) return null;
    const block = document.createElement("li");
    show(block, span, input(row, "kind").value === "break" ? "week-block rest" : "week-block");
    rows.set(block, row);
    return block;
  });
  column.replaceChildren(...blocks.filter(Boolean));
}

function show(block, [from, to], kind) {
  const five = Math.max(Math.round((to - from) / 5), 1);
  const first = Math.floor(from / 5) * 5;
  block.className = `${kind} h-${Math.floor(first / 60)} m-${first % 60} lh-${Math.floor(five / 12)} lm-${(five % 12) * 5}`;
  block.textContent = `${clock(from)}–${clock(to % 1440)}`;
}

// The hours that the picture shows, in minutes.
function shown(column) {
  const names = column.closest("[data-week-picture]").className;
  const hour = (name) => Number(names.match(new RegExp(`\\b${name}-(\\d+)`))[1]) * 60;
  return [hour("first"), hour("last")];
}

function drag(event, column, rows, done) {
  if (event.button !== 0 || event.pointerType === "touch") return;
  event.preventDefault();
  const [first, last] = shown(column);
  const box = column.getBoundingClientRect();
  const at = (y, step = STEP) => {
    const minute = first + ((y - box.top) / box.height) * (last - first);
    return Math.min(Math.max(Math.round(minute / step) * step, first), last);
  };
  const block = event.target.closest("li");
  const row = block && rows.get(block);
  const before = row && times(row);
  const start = at(event.clientY);
  const hold = row ? holdOf(block, event.clientY) : "new";
  const ghost = document.createElement("li");
  let now = before;
  const move = (moved) => {
    now = span(hold, before, start, at(moved.clientY), [first, last]);
    show(ghost, now, "week-block ghost");
    if (!ghost.isConnected) column.append(ghost);
  };
  const end = (ended) => {
    document.removeEventListener("pointermove", move);
    document.removeEventListener("pointerup", end);
    document.removeEventListener("pointercancel", end);
    ghost.remove();
    if (ended.type === "pointerup" && now && now !== before && now[1] - now[0] >= STEP) done(now, row);
  };
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", end);
  document.addEventListener("pointercancel", end);
}

function holdOf(block, y) {
  const box = block.getBoundingClientRect();
  if (y - box.top < EDGE) return "from";
  return box.bottom - y < EDGE ? "to" : "all";
}

function span(hold, before, start, here, [first, last]) {
  if (hold === "new") return [Math.min(start, here), Math.max(start, here)];
  if (hold === "from") return [Math.min(here, before[1] - STEP), before[1]];
  if (hold === "to") return [before[0], Math.max(here, before[0] + STEP)];
  const by = Math.min(Math.max(here - start, first - before[0]), last - before[1]);
  return [before[0] + by, before[1] + by];
}
