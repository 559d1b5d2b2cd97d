// Says on the button how many of the dates of a series are ticked.

export function countTicks(form) {
  const button = form.querySelector("[data-count-button]");
  if (!button) return;
  form.addEventListener("change", () => {
    const ticked = [...form.querySelectorAll(`input[name^="${form.dataset.count}"]:checked`)].filter((input) => input.value).length;
    button.textContent = `Book ${ticked} ${ticked === 1 ? "appointment" : "appointments"}`;
  });
}
