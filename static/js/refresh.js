// A part of the page that is read again while somebody looks at it. Such requests do not keep the session alive.

const EVERY_MS = 20_000;

export function refresh(part) {
  const read = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(part.dataset.refresh, { headers: { accept: "text/html" }, redirect: "error" });
      if (answer.ok) replace(part, new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch {
      // The next attempt may succeed.
    }
  };
  setInterval(read, EVERY_MS);
  document.addEventListener("visibilitychange", read);
}

// What had the focus has it again.
function replace(part, page) {
  const fresh = page.querySelector("[data-refresh]");
  if (!fresh || part.innerHTML === fresh.innerHTML || part.querySelector("[aria-disabled=true]")) return;
  const place = part.contains(document.activeElement) ? mark(document.activeElement) : null;
  part.replaceChildren(...fresh.childNodes);
  const heading = page.querySelector(".page-head p");
  const shown = document.querySelector(".page-head p");
  if (heading && shown) shown.textContent = heading.textContent;
  if (place) [...part.querySelectorAll("a, button")].find((found) => mark(found) === place)?.focus();
}

function mark(found) {
  return found.getAttribute("href") ?? found.closest("form")?.getAttribute("action") ?? "";
}
