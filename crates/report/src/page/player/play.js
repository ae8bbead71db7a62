// The controls.

(async () => {
  const holder = document.getElementById("film");
  if (!holder) return;
  const film = readFilm(await unpacked(holder.textContent));
  holder.textContent = "";
  const $ = (id) => document.getElementById(id);
  const page = painter(film);
  const time = calendar(film);
  const [bar, play, slider, step, speed, told, live, log, help] = [
    "player", "play", "slider", "step", "speed", "moment", "live", "log-now", "help",
  ].map($);
  const pause = { event: 500, day: 300, week: 1000 };
  const begins = film.stops.at[0];
  const lasts = Math.max(1, film.stops.at[film.last] - begins);
  const lately = log.closest("details");
  let playing = 0;
  let quiet = 0;
  let begun = false;

  slider.max = String(lasts);
  step.value = film.count > 400 ? "day" : "event";

  function listen() {
    if (!lately.open) return;
    const items = time.before(page.at(), 6).map((stop) => {
      const { who, what } = film.said[stop];
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = `#at=${film.stops.seq[stop]}`;
      link.textContent = `#${film.stops.seq[stop]}`;
      const day = document.createElement("span");
      day.className = "muted";
      day.textContent = ` ${film.days[film.stops.day[stop]].short} `;
      const name = document.createElement("span");
      name.className = "said";
      name.textContent = time.nameOf(stop);
      const text = document.createElement("span");
      text.className = "said";
      text.textContent = ` ${who}: ${what} `;
      item.append(link, day, name, text);
      return item;
    });
    log.replaceChildren(...items);
  }

  // Shows a stop; `keep` is how the address is to follow: not at all, in place, or as a new entry.
  function show(stop, keep) {
    page.show(stop);
    const now = page.at();
    const words = time.words(now);
    slider.value = String(film.stops.at[now] - begins);
    slider.setAttribute("aria-valuetext", words);
    told.textContent = words;
    $("stated").textContent = `As of ${words}`;
    bar.classList.toggle("ended", now === film.last);
    listen();
    if (keep) {
      const link = now === film.last ? location.pathname + location.search : time.link(now);
      if (keep === "new") history.pushState(null, "", link);
      else history.replaceState(null, "", link);
    }
    clearTimeout(quiet);
    // Said once things rest: a film that plays is not read out, nor is what one finds on opening.
    if (!playing && begun) quiet = setTimeout(() => (live.textContent = words), 400);
    begun = true;
  }

  function stop() {
    clearTimeout(playing);
    playing = 0;
    play.setAttribute("aria-label", "Play");
    play.dataset.v = "play";
    document.body.classList.remove("playing");
  }

  function tick() {
    const next = time.next(page.at(), step.value);
    if (next === undefined) {
      stop();
      show(page.at(), "same");
      return;
    }
    show(next);
    playing = setTimeout(tick, pause[step.value] / Number(speed.value));
  }

  function toggle() {
    if (playing) {
      stop();
      show(page.at(), "same");
      return;
    }
    play.setAttribute("aria-label", "Pause");
    play.dataset.v = "pause";
    document.body.classList.add("playing");
    live.textContent = "";
    playing = 1;
    if (page.at() === film.last) show(0);
    playing = setTimeout(tick, 250);
  }

  function go(stopped, keep = "same") {
    if (stopped === undefined) return;
    stop();
    show(stopped, keep);
  }

  const jump = (name) => go(time.next(page.at(), name) ?? time.next(-1, name), "new");
  const acts = {
    play: toggle,
    first: () => go(0),
    last: () => go(film.last),
    next: () => go(time.next(page.at(), step.value)),
    previous: () => go(time.previous(page.at(), step.value)),
    goalpost: () => jump("goalpost"),
    copy,
    help: () => (help.open ? help.close() : help.showModal()),
    reload: () => location.reload(),
  };
  for (const button of document.querySelectorAll("button[data-act]")) {
    button.addEventListener("click", () => acts[button.dataset.act]());
  }

  lately.addEventListener("toggle", listen);
  slider.addEventListener("input", () => {
    stop();
    show(Math.max(0, lastUpTo(film.stops.at, begins + Number(slider.value))));
  });
  slider.addEventListener("change", () => show(page.at(), "new"));

  const typed = (target) => target.closest("input:not([type=range]), select, textarea, dialog");
  const pressed = (target) => target.closest("button, summary, a");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typed(event.target)) return;
    const wide = event.shiftKey ? (step.value === "event" ? "day" : "week") : step.value;
    const keys = {
      " ": () => toggle(),
      ArrowRight: () => go(time.next(page.at(), wide)),
      ArrowLeft: () => go(time.previous(page.at(), wide)),
      ArrowUp: () => go(time.next(page.at(), wide)),
      ArrowDown: () => go(time.previous(page.at(), wide)),
      PageUp: () => go(time.next(page.at(), "week")),
      PageDown: () => go(time.previous(page.at(), "week")),
      Home: acts.first,
      End: acts.last,
      g: acts.goalpost,
      "?": acts.help,
    };
    const act = keys[event.key];
    if (!act || (event.key === " " && pressed(event.target))) return;
    // Up, down and by the page the document scrolls, unless the slider is held.
    const scrolls = ["ArrowUp", "ArrowDown", "PageUp", "PageDown"].includes(event.key);
    if (scrolls && event.target !== slider) return;
    event.preventDefault();
    act();
  });

  async function copy() {
    const link = new URL(time.link(page.at()), location.href).href;
    let done = "Link copied.";
    try {
      await navigator.clipboard.writeText(link);
    } catch {
      history.replaceState(null, "", time.link(page.at()));
      done = "The address of this page now names the moment.";
    }
    live.textContent = done;
    $("copied").textContent = done;
    setTimeout(() => ($("copied").textContent = ""), 3000);
  }

  function follow() {
    const found = time.find(location.hash);
    if (found !== undefined) {
      stop();
      show(found);
    } else if (location.hash === "") {
      show(film.last);
    }
  }
  addEventListener("hashchange", follow);
  addEventListener("popstate", follow);
  addEventListener("beforeprint", () => {
    for (const box of document.querySelectorAll("details[data-print]")) box.open = true;
    page.all();
  });

  bar.hidden = false;
  document.body.classList.add("plays");
  follow();
  if (film.live) watch(film, () => page.at() === film.last && !playing);
})();
