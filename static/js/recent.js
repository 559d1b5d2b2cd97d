// Recent choices in the palette: for this tab only, deleted when nobody is signed in.

const KEY = "palette-recent";
const KEPT = 5;

export function recall() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) ?? [];
  } catch {
    return []; // no storage, or unreadable
  }
}

export function remember({ label, hint, href, icon }) {
  const others = recall().filter((item) => item.href !== href);
  try {
    sessionStorage.setItem(KEY, JSON.stringify([{ label, hint, href, icon }, ...others].slice(0, KEPT)));
  } catch {
    // optional, so errors are ignored
  }
}

export function forget() {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // nothing was stored
  }
}
