// Sends the form of a select or checkbox when it changes.

export function submitOnChange() {
  document.addEventListener("change", (event) => {
    if (event.target.matches("select[data-autosubmit]")) event.target.form?.requestSubmit();
  });
}
