// Selection of rows in a list: the number, the whole page, a range with Shift, clearing it. Without script the checkboxes and the
// bar work as plain forms do.

const bar = document.querySelector("form[data-bulk]");
const rows = [...document.querySelectorAll("input[form=bulk][name=_id]")];
const page = document.querySelector("[data-select-page]");
const all = bar?.elements.namedItem("_all");
let last = null;

function count() {
  const ticked = rows.filter((row) => row.checked).length;
  const box = bar.querySelector("[data-count]");
  const words = all?.checked ? "All results selected" : `${ticked} selected`;
  const status = box.querySelector("[role=status]");
  box.hidden = false;
  if (status.textContent !== words) status.textContent = words;
  bar.classList.toggle("bulk-idle", ticked === 0 && !all?.checked);
  if (!page) return;
  page.checked = ticked === rows.length;
  page.indeterminate = ticked > 0 && ticked < rows.length;
}

function tickAll(on) {
  for (const row of rows) row.checked = on;
  if (!on && all) all.checked = false;
  last = null;
  count();
}

// Shift selects everything between the last checkbox and this one.
function pick(event) {
  const row = event.target;
  if (event.shiftKey && last && last !== row) {
    const [from, to] = [rows.indexOf(last), rows.indexOf(row)].sort((one, other) => one - other);
    for (const between of rows.slice(from, to + 1)) between.checked = row.checked;
  }
  if (!row.checked && all) all.checked = false;
  last = row;
  count();
}

if (bar) {
  for (const row of rows) row.addEventListener("click", pick);
  page?.addEventListener("change", () => tickAll(page.checked));
  page?.closest("label")?.removeAttribute("hidden");
  all?.addEventListener("change", () => tickAll(all.checked));
  bar.querySelector("[data-clear]").addEventListener("click", () => {
    const here = last ?? rows[0];
    tickAll(false);
    here?.focus(); // the focused bar is hidden
  });
  addEventListener("pageshow", count); // a restored page keeps its selection
  count();
}
