// Puts a stop of the film onto the page: what is on the screen or near it at once, the rest when there
// is time. Until that is done the body is of the class "behind".

function painter(film) {
  for (const node of document.querySelectorAll("[data-s]")) {
    const slot = film.slots[Number(node.dataset.s)];
    if (slot) slot.nodes.push(node);
  }
  const ranges = [];
  for (const node of document.querySelectorAll("[data-from]")) {
    const until = node.dataset.until;
    ranges.push({ node, from: Number(node.dataset.from), until: until ? Number(until) : Infinity });
  }
  const charts = new Map();
  for (const node of document.querySelectorAll("[data-chart]")) {
    const layers = Array.from(node.querySelectorAll("[data-l]"), (path) => ({
      path,
      layer: film.layers[Number(path.dataset.l)],
    }));
    const cursor = node.querySelector("[data-cursor]");
    const cut = node.querySelector("[data-cut]");
    const shown = node.dataset.chart === "whole" ? film.last : -1;
    charts.set(node, { layers, cursor, cut, shown, near: false });
  }
  const tables = Array.from(document.querySelectorAll("[data-rows]"), (body) => ({
    body,
    layer: film.layers[Number(body.dataset.rows)],
    box: body.closest("details"),
    shown: body.rows.length > 0 ? film.last : -1,
  }));
  let now = film.last;

  // A slot is painted with the row that it stands in; what decides whether a row is there, and what
  // stands in none, always at once.
  const rows = new Map();
  const near = new Set();
  // Until it was told which rows are near, all of them may be.
  let sighted = false;
  for (const slot of film.slots) {
    slot.rows = slot.nodes.map((node) => node.closest("[data-id], tr"));
    slot.first = slot.kind === "hidden" || slot.rows.includes(null);
    for (const row of slot.first ? [] : slot.rows) {
      if (!rows.has(row)) rows.set(row, []);
      rows.get(row).push(slot);
    }
  }

  function put(slot, value) {
    for (const node of slot.nodes) {
      if (slot.kind === "hidden") node.hidden = value === "";
      else if (slot.kind === "width") node.setAttribute("width", `${value || 0}%`);
      else {
        node.textContent = value;
        if (slot.kind === "word") node.dataset.v = value;
      }
    }
  }

  function paintSlot(slot) {
    const place = lastUpTo(slot.when, now);
    const what = place < 0 ? -1 : slot.what[place];
    if (what === slot.shown) return;
    slot.shown = what;
    put(slot, what < 0 ? "" : slot.values[what]);
  }

  const idly = window.requestIdleCallback ?? ((act) => setTimeout(act, 50));
  let waiting = false;
  let done = film.slots.length;

  function paintSlots() {
    for (const slot of film.slots) {
      if (!sighted || slot.first || slot.rows.some((row) => near.has(row))) paintSlot(slot);
    }
    done = 0;
    document.body.classList.add("behind");
    if (!waiting) {
      waiting = true;
      idly(paintMore);
    }
  }

  function paintMore() {
    const until = performance.now() + 8;
    while (done < film.slots.length && performance.now() < until) {
      paintSlot(film.slots[done]);
      done += 1;
    }
    waiting = done < film.slots.length;
    if (waiting) idly(paintMore);
    else document.body.classList.remove("behind");
  }

  function paintChart(chart) {
    if (chart.shown === now) return;
    chart.shown = now;
    for (const { path, layer } of chart.layers) {
      const drawn = piecesAt(layer, now).join("");
      if (path.getAttribute("d") !== drawn) path.setAttribute("d", drawn);
    }
    const { left, width } = chart.cursor.dataset;
    const { share } = film.days[film.stops.day[now]];
    const gone = Number(width) * share;
    chart.cursor.setAttribute("transform", `translate(${(Number(left) + gone).toFixed(1)} 0)`);
    chart.cursor.classList.toggle("at-end", share >= 1);
    chart.cut.setAttribute("width", gone.toFixed(1));
  }

  function paintTable(table) {
    if (table.shown === now) return;
    table.shown = now;
    const rows = piecesAt(table.layer, now).sort().map((piece) => {
      const row = document.createElement("tr");
      piece.split("\t").forEach((text, n) => {
        const cell = document.createElement(n === 0 ? "th" : "td");
        if (n === 0) cell.scope = "row";
        cell.textContent = text;
        row.append(cell);
      });
      return row;
    });
    table.body.replaceChildren(...rows);
  }

  function paintVisible() {
    for (const chart of charts.values()) if (chart.near) paintChart(chart);
    for (const table of tables) if (table.box.open) paintTable(table);
  }

  if (charts.size > 0) {
    const watch = new IntersectionObserver(
      (seen) => {
        for (const { target, isIntersecting } of seen) {
          const chart = charts.get(target);
          chart.near = isIntersecting;
          if (isIntersecting) paintChart(chart);
        }
      },
      { rootMargin: "300px" },
    );
    for (const node of charts.keys()) watch.observe(node);
  }
  if (rows.size > 0) {
    const watch = new IntersectionObserver(
      (seen) => {
        sighted = true;
        for (const { target, isIntersecting } of seen) {
          if (isIntersecting) {
            near.add(target);
            rows.get(target).forEach(paintSlot);
          } else {
            near.delete(target);
          }
        }
      },
      { rootMargin: "300px" },
    );
    for (const row of rows.keys()) watch.observe(row);
  }
  for (const table of tables) table.box.addEventListener("toggle", () => table.box.open && paintTable(table));

  // What is on the page already is the last stop.
  for (const slot of film.slots) {
    const place = lastUpTo(slot.when, now);
    slot.shown = place < 0 ? -1 : slot.what[place];
  }

  return {
    at: () => now,
    show(stop) {
      now = Math.max(0, Math.min(film.last, stop));
      paintSlots();
      for (const { node, from, until } of ranges) {
        const there = from <= now && now < until;
        if (node.hidden === there) node.hidden = !there;
      }
      paintVisible();
      document.body.classList.toggle("past", now !== film.last);
    },
    // For paper everything is drawn, also what is out of sight.
    all() {
      film.slots.forEach(paintSlot);
      for (const chart of charts.values()) paintChart(chart);
      for (const table of tables) if (table.box.open) paintTable(table);
    },
  };
}
