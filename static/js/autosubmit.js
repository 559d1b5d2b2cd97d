// A choice that is an answer by itself is sent at once.

export function submitOnChange() {
  document.addEventListener("change", (event) => {
    if (event.target.matches("select[data-autosubmit]")) event.target.form?.requestSubmit();
  });
}
