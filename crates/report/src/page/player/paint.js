// Puts a stop of the film onto the page.

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

  function paintSlots() {
    for (const slot of film.slots) {
      const place = lastUpTo(slot.when, now);
      const what = place < 0 ? -1 : slot.what[place];
      if (what === slot.shown) continue;
      slot.shown = what;
      put(slot, what < 0 ? "" : slot.values[what]);
    }
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
      for (const chart of charts.values()) paintChart(chart);
      for (const table of tables) if (table.box.open) paintTable(table);
    },
  };
}
