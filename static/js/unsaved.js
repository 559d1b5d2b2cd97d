// Warns before unsaved changes are lost: not after the form was sent, and not if they were undone.

export function guardChanges(form) {
  let leaving = false;
  form.addEventListener("submit", (event) => { leaving = !event.defaultPrevented; });
  addEventListener("pageshow", () => { leaving = false; });
  addEventListener("beforeunload", (event) => {
    if (!leaving && hasChanges(form)) event.preventDefault();
  });
}

// Whether the form has changes that are not stored.
export function hasChanges(form) {
  const cameBack = document.querySelector(".error-summary") !== null; // the form was returned with errors
  return cameBack || [...form.elements].some(isChanged);
}

// Compared with the server's values, so that a form restored by the browser counts as well.
function isChanged(control) {
  if (!control.name || control.disabled || control.matches("button, fieldset, [type=hidden]")) return false;
  if (control.matches("select")) {
    const given = [...control.options].findIndex((option) => option.defaultSelected);
    return control.selectedIndex !== Math.max(given, 0);
  }
  if (control.matches("[type=checkbox], [type=radio]")) return control.checked !== control.defaultChecked;
  return control.value !== control.defaultValue;
}
