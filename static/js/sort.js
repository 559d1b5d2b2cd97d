// Shift and click on a column's head orders by it as well, after what the list is ordered by already.

export function orderByMore(link) {
  link.title = "Shift-click to also sort by this column";
  link.addEventListener("click", (event) => {
    if (!event.shiftKey) return;
    event.preventDefault();
    location.assign(link.dataset.sortAdd);
  });
}
