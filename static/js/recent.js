// What was picked in the palette lately: for this tab alone, and gone when nobody is signed in.

const KEY = "palette-recent";
const KEPT = 5;

export function recall() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) ?? [];
  } catch {
    return []; // no storage, or not ours
  }
}

export function remember({ label, hint, href, icon }) {
  const others = recall().filter((item) => item.href !== href);
  try {
    sessionStorage.setItem(KEY, JSON.stringify([{ label, hint, href, icon }, ...others].slice(0, KEPT)));
  } catch {
    // a comfort, no more
  }
}

export function forget() {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // nothing was kept
  }
}
