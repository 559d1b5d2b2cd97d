// Shift and click on a column heading adds it to the current orders.

export function orderByMore(link) {
  link.title = "Shift-click to also sort by this column";
  link.addEventListener("click", (event) => {
    if (!event.shiftKey) return;
    event.preventDefault();
    location.assign(link.dataset.sortAdd);
  });
}
