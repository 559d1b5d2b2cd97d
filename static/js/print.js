// A button that prints the page; browsers have one of their own as well.

export function offerPrint(button) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
