// A warning before typed words are lost: not after the form was sent, and not for what was changed back.

export function guardChanges(form) {
  let leaving = false;
  form.addEventListener("submit", (event) => { leaving = !event.defaultPrevented; });
  addEventListener("pageshow", () => { leaving = false; });
  addEventListener("beforeunload", (event) => {
    if (!leaving && hasChanges(form)) event.preventDefault();
  });
}

// Whether somebody typed something here that is stored nowhere yet.
export function hasChanges(form) {
  const cameBack = document.querySelector(".error-summary") !== null; // with errors
  return cameBack || [...form.elements].some(isChanged);
}

// Compared with what the server sent, so that a form that the browser restored counts as well.
function isChanged(control) {
  if (!control.name || control.disabled || control.matches("button, fieldset, [type=hidden]")) return false;
  if (control.matches("select")) {
    const given = [...control.options].findIndex((option) => option.defaultSelected);
    return control.selectedIndex !== Math.max(given, 0);
  }
  if (control.matches("[type=checkbox], [type=radio]")) return control.checked !== control.defaultChecked;
  return control.value !== control.defaultValue;
}
