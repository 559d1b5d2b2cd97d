// A button that prints the page.

export function offerPrint(button) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
