// Closes menus and the panels of a list on Escape and on a click outside; a panel, which lies over the list, also when the focus
// leaves it.

export function closeMenus() {
  const open = (kind) => document.querySelectorAll(`details:is(${kind})[open]`);
  const closeOthers = (kind, target) => {
    for (const menu of open(kind)) if (!menu.contains(target)) menu.open = false;
  };
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open(".menu, .panel")) {
      menu.open = false;
      if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("click", (event) => closeOthers(".menu, .panel", event.target));
  document.addEventListener("focusin", (event) => closeOthers(".panel", event.target));
}
