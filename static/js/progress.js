// The progress of work on the server, until its page changes.

const EVERY_MS = 1000;

export function watchProgress(box) {
  const look = async () => {
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-progress]");
      if (!answer.ok || !fresh || document.title !== page.title) return location.reload();
      box.replaceChildren(...fresh.childNodes);
    } catch {
      // the network is down; the next attempt may succeed
    }
    setTimeout(look, EVERY_MS);
  };
  setTimeout(look, EVERY_MS);
}
