// Finding among many, and hearing of news.

(() => {
  const search = document.getElementById("search");
  if (!search) return;
  const team = document.getElementById("team");
  const found = document.getElementById("found");
  const groups = Array.from(document.querySelectorAll("[data-group]"));
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  function sift() {
    const words = plain(search.value).split(/\s+/).filter(Boolean);
    const chosen = team ? team.value : "";
    const has = (node) => {
      const text = plain(node.textContent);
      return words.every((word) => text.includes(word));
    };
    let many = 0;
    for (const group of groups) {
      const right = chosen === "" || group.dataset.teams.split(" ").includes(chosen);
      const head = has(group.querySelector("[data-find]"));
      let shown = 0;
      for (const row of group.querySelectorAll("[data-row]")) {
        const there = right && (head || has(row.querySelector("[data-find]")));
        row.classList.toggle("out", !there);
        if (there && !row.hidden) shown += 1;
      }
      const there = right && (head || shown > 0);
      group.classList.toggle("out", !there);
      many += shown;
    }
    found.textContent = words.length > 0 || chosen !== "" ? `${many} found` : "";
  }
  search.addEventListener("input", sift);
  if (team) team.addEventListener("change", sift);

  const fold = document.getElementById("fold");
  fold.addEventListener("click", () => {
    const open = fold.dataset.v === "open";
    for (const group of groups) group.open = open;
    fold.dataset.v = open ? "close" : "open";
    fold.textContent = open ? "Collapse all" : "Expand all";
  });
})();

// Asks from time to time how far the log has come, and what day it is there: with the day, pace and
// what is overdue change. At the end of the film the page follows along.
function watch(film, follows) {
  const news = document.getElementById("news");
  const text = document.getElementById("news-text");
  let today;
  async function ask() {
    try {
      const answer = await fetch(film.live.head, { cache: "no-store", credentials: "same-origin" });
      if (answer.ok) {
        const { head, day } = await answer.json();
        const more = head - film.head;
        const turned = today !== undefined && day !== today;
        if (more > 0 || turned) {
          const idle = document.activeElement === document.body || document.activeElement === null;
          if (follows() && idle) {
            location.reload();
            return;
          }
          text.textContent =
            more <= 0 ? "It is another day" : more === 1 ? "1 new event" : `${more} new events`;
          news.hidden = false;
        } else {
          today = day;
        }
      } else if (answer.status === 404) {
        // The server says no more to whoever may not look.
        text.textContent = "This page is no longer kept up: open it anew with `okr open`";
        news.hidden = false;
      }
    } catch {
      // Out of reach for now: what is shown stays, and is asked for again.
    }
    setTimeout(ask, film.live.every * 1000);
  }
  setTimeout(ask, film.live.every * 1000);
}
