/// The script of all pages: keys, curves, and what a stream of events brings. It writes text and never markup.
let pageScript = pageCore + chartScript + liveScript + keyScript + "})();\n"

private let pageCore = #"""
  "use strict";
  (() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const make = (name, attributes = {}, ...children) => fill(document.createElement(name), attributes, children);
  const draw = (name, attributes = {}, ...children) =>
    fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
  const fill = (node, attributes, children) => {
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  };
  const facts = document.body.dataset;
  const fixed = (value, digits) => value === null || value === undefined ? "–" : Number(value).toFixed(digits);
  const number = value => value === null || value === undefined ? "–"
    : value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5) ? value.toExponential(2) : String(+value.toPrecision(4));
  const duration = seconds => {
    const whole = Math.round(seconds);
    if (whole < 60) return `${whole} s`;
    if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
    return `${Math.floor(whole / 3600)} h ${Math.floor(whole % 3600 / 60)} min`;
  };
  const link = (state, text) => { const node = one("#link"); node.className = state; node.textContent = text; };

  """#

private let chartScript = #"""
  const names = { train_loss: "training loss", test_loss: "test loss", train_accuracy: "training accuracy", test_accuracy: "test accuracy" };
  const dashes = ["", "7 4", "2 3", "9 3 2 3"];
  const ticks = (low, high, wanted) => {
    const rough = (high - low) / wanted, power = 10 ** Math.floor(Math.log10(rough));
    const step = power * [1, 2, 5, 10].find(factor => factor * power >= rough);
    const found = [];
    for (let tick = Math.ceil(low / step - 1e-9) * step; tick <= high + step * 1e-9; tick += step) found.push(+tick.toPrecision(12));
    return found;
  };
  // A chart: a title, and lines of { name, look, points }, each point [epoch, value]; a null is a gap.
  class Chart {
    constructor(title, unit) {
      this.title = title;
      this.unit = unit;
      this.lines = [];
      this.svg = draw("svg", { role: "img", "aria-label": `${title}: no values yet` });
      this.legend = make("ul", { class: "legend" });
      this.values = make("div", { tabindex: "0", role: "region", "aria-label": `Values: ${title}` });
      this.details = make("details", {}, make("summary", {}, "Values"), this.values);
      this.details.addEventListener("toggle", () => this.tabulate());
      this.figure = make("figure", { class: "chart" }, make("figcaption", {}, title), this.svg, this.legend, this.details);
      this.svg.addEventListener("pointermove", event => this.point(event));
      this.svg.addEventListener("pointerleave", () => this.point(null));
    }
    get points() { return this.lines.reduce((sum, line) => sum + line.points.length, 0); }
    show() {
      const width = Math.max(260, this.svg.clientWidth || 480), height = 240;
      const measured = this.lines.flatMap(line => line.points.map(point => point[1])).filter(value => value !== null);
      this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
      this.svg.setAttribute("aria-label", this.summary());
      this.figure.dataset.points = this.points;
      let low = measured.length ? Math.min(...measured) : 0, high = measured.length ? Math.max(...measured) : 1;
      if (low === high) { low -= Math.abs(low) / 10 || .5; high += Math.abs(high) / 10 || .5; }
      const room = (high - low) * .04;
      low -= room; high += room;
      const last = Math.max(1e-9, ...this.lines.flatMap(line => line.points.map(point => point[0])), this.end || 0);
      const box = { left: 48, right: width - 10, top: 10, bottom: height - 26 };
      const x = epoch => box.left + epoch / last * (box.right - box.left);
      const y = value => box.bottom - (value - low) / (high - low) * (box.bottom - box.top);
      const parts = [];
      for (const tick of ticks(low, high, 5)) {
        parts.push(draw("line", { class: "grid", x1: box.left, x2: box.right, y1: y(tick), y2: y(tick) }),
          draw("text", { x: box.left - 6, y: y(tick) + 4, "text-anchor": "end" }, String(+tick.toPrecision(6))));
      }
      for (const tick of ticks(0, last, 6))
        parts.push(draw("text", { x: x(tick), y: height - 10, "text-anchor": "middle" }, String(+tick.toPrecision(6))));
      parts.push(draw("line", { class: "axis", x1: box.left, x2: box.right, y1: box.bottom, y2: box.bottom }));
      this.lines.forEach(line => {
        let path = "", isDown = false;
        for (const [epoch, value] of line.points) {
          if (value === null) { isDown = false; continue; }
          path += `${isDown ? "L" : "M"}${x(epoch).toFixed(1)} ${y(value).toFixed(1)}`;
          isDown = true;
        }
        if (line.points.length === 1 && path) path += "h.01";
        parts.push(draw("path", { class: `curve c${line.look % 8}`, "stroke-dasharray": dashes[line.dash % 4], "stroke-linecap": "round", d: path }));
      });
      this.cursor = draw("line", { class: "cursor", y1: box.top, y2: box.bottom, visibility: "hidden" });
      parts.push(this.cursor);
      this.scale = { x, last, box, width };
      this.svg.replaceChildren(...parts);
      this.label(line => line.points.at(-1));
      if (this.details.open) this.tabulate();
    }
    label(pick) {
      this.legend.replaceChildren(...this.lines.map(line => {
        const point = pick(line);
        const sample = draw("svg", { viewBox: "0 0 32 8", "aria-hidden": "true" },
          draw("line", { class: `c${line.look % 8}`, "stroke-width": 3, "stroke-dasharray": dashes[line.dash % 4], x1: 0, x2: 32, y1: 4, y2: 4 }));
        const text = point ? `${line.name} ${number(point[1])} at epoch ${number(point[0])}` : `${line.name}: no value yet`;
        return make("li", {}, sample, text);
      }));
    }
    point(event) {
      if (!this.scale) return;
      if (!event) { this.cursor.setAttribute("visibility", "hidden"); this.label(line => line.points.at(-1)); return; }
      const { x, last, box, width } = this.scale;
      const place = (event.clientX - this.svg.getBoundingClientRect().left) * width / this.svg.clientWidth;
      const epoch = Math.min(last, Math.max(0, (place - box.left) / (box.right - box.left) * last));
      this.cursor.setAttribute("x1", x(epoch));
      this.cursor.setAttribute("x2", x(epoch));
      this.cursor.setAttribute("visibility", "visible");
      this.label(line => line.points.reduce((best, point) => !best || Math.abs(point[0] - epoch) < Math.abs(best[0] - epoch) ? point : best, null));
    }
    summary() {
      const texts = this.lines.filter(line => line.points.length)
        .map(line => `${line.name} goes from ${number(line.points[0][1])} to ${number(line.points.at(-1)[1])} over ${number(line.points.at(-1)[0])} epochs`);
      return `${this.title}: ${texts.length ? texts.join("; ") : "no values yet"}`;
    }
    tabulate() {
      if (!this.details.open) return;
      const rows = this.lines.flatMap(line => line.points.slice(-200).map(point =>
        make("tr", {}, make("th", { scope: "row" }, line.name), make("td", { class: "number" }, number(point[0])), make("td", { class: "number" }, number(point[1])))));
      const head = make("tr", {}, ...["curve", "epoch", "value"].map(name => make("th", { scope: "col" }, name)));
      this.values.replaceChildren(make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows)));
    }
  }

  """#

private let liveScript = #"""
  const runs = (facts.runs || "").split(",").filter(Boolean);
  const known = new Map(runs.map(run => [run, { name: run, curves: {} }]));
  let charts = [];
  const layOut = () => {
    const section = one("#curves");
    if (!section || !runs.length) return;
    const panels = runs.length === 1
      ? [["Loss", ["train_loss", "test_loss"]], ["Accuracy", ["train_accuracy", "test_accuracy"]]]
      : [["Training loss", ["train_loss"]], ["Test loss", ["test_loss"]], ["Training accuracy", ["train_accuracy"]], ["Test accuracy", ["test_accuracy"]]];
    charts = panels.map(([title, metrics]) => Object.assign(new Chart(title), { metrics }));
    section.replaceChildren(...charts.map(chart => chart.figure));
  };
  const redraw = () => charts.forEach(chart => {
    chart.end = Math.max(0, ...[...known.values()].map(run => run.epochs || 0));
    chart.lines = runs.flatMap((run, place) => chart.metrics.map((metric, which) => ({
      name: runs.length === 1 ? names[metric] : known.get(run).name,
      look: runs.length === 1 ? which : place,
      dash: runs.length === 1 ? which : Math.floor(place / 2),
      points: known.get(run).curves[metric] || [],
    })));
    chart.show();
  });
  const setBadge = (root, state) => {
    const badge = one("[data-field=state]", root);
    if (badge && badge.textContent !== state) { badge.textContent = state; badge.className = `badge ${state}`; }
  };
  const take = update => {
    const { run, curves } = update, mine = known.get(run.run);
    if (!mine) return;
    Object.assign(mine, { name: run.trial, epochs: run.epochs });
    for (const [metric, piece] of Object.entries(curves))
      mine.curves[metric] = (mine.curves[metric] || []).slice(0, piece.from).concat(piece.points);
    if (runs.length === 1) {
      setBadge(document, run.state);
      const bar = one("#progress"), left = one("#left");
      if (bar && run.share !== undefined) bar.value = run.share;
      if (left && run.epoch !== undefined)
        left.textContent = `epoch ${fixed(run.epoch, 2)} of ${run.epochs}` + (run.seconds_left === undefined ? "" : `, about ${duration(run.seconds_left)} left`);
      if (update.log_bytes !== mine.log) readLog(run.run);
      mine.log = update.log_bytes;
    } else {
      const place = one(`span[data-run="${run.run}"]`);
      if (place) setBadge(place, run.state);
    }
    redraw();
  };
  const readLog = async run => {
    const log = one("#log"), answer = await fetch(`/api/runs/${run}/log`);
    if (!log || !answer.ok) return;
    const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    log.textContent = (await answer.text()).split("\n").slice(-200).join("\n");
    if (isAtEnd) log.scrollTop = log.scrollHeight;
  };
  // A part of this page as the server has it now.
  const renew = async selector => {
    const answer = await fetch(location.href);
    if (!answer.ok) return;
    const fresh = one(selector, new DOMParser().parseFromString(await answer.text(), "text/html"));
    if (fresh && one(selector)) one(selector).replaceChildren(...fresh.childNodes);
  };
  const listen = (query, handlers) => {
    const source = new EventSource(`/api/events${query}`);
    source.onopen = () => link("live", "live");
    source.onerror = () => link("lost", "no connection; trying again");
    for (const [name, handler] of Object.entries(handlers))
      source.addEventListener(name, event => handler(JSON.parse(event.data), source));
  };
  const renewList = async () => {
    const chosen = new Set(all("#rows input:checked").map(box => box.value));
    const focused = document.activeElement?.closest("tr")?.dataset.run;
    await renew("#list");
    all("#rows input").forEach(box => { box.checked = chosen.has(box.value); });
    if (focused) one(`tr[data-run="${CSS.escape(focused)}"] a.open`)?.focus();
  };
  const takeList = update => {
    for (const run of update.running) {
      const row = one(`tr[data-run="${run.run}"]`);
      if (!row) continue;
      setBadge(row, run.state);
      const values = {
        epochs: `${fixed(run.epoch, 2)}/${run.epochs}`, train_loss: fixed(run.train_loss, 3), train_accuracy: fixed(run.train_accuracy, 3),
        test_accuracy: fixed(run.test_accuracy, 3), examples_per_second: fixed(run.examples_per_second, 1) + (run.disturbed_epochs > 0 ? "*" : ""),
      };
      for (const [field, text] of Object.entries(values)) {
        const cell = one(`td[data-field=${field}]`, row);
        if (cell && cell.textContent !== text) cell.textContent = text;
      }
    }
    if (update.census !== facts.census) { facts.census = update.census; renewList(); }
  };
  const start = async () => {
    if (facts.page === "runs") return listen("", { list: takeList });
    if (!runs.length) return;
    layOut();
    for (const run of runs) {
      const answer = await fetch(`/api/runs/${run}/curves`);
      if (!answer.ok) continue;
      const found = await answer.json();
      Object.assign(known.get(run), { name: found.run.trial, epochs: found.run.epochs, curves: found.curves });
    }
    redraw();
    new ResizeObserver(() => charts.forEach(chart => chart.svg.clientWidth !== chart.scale?.width && chart.show())).observe(one("#curves"));
    if (facts.live === "yes") listen(`?run=${runs.join(",")}`, {
      run: take,
      end: (_, source) => { source.close(); link("", "ended"); one(".progress")?.remove(); renew("#facts"); },
    });
    const log = one("#log");
    if (log) log.scrollTop = log.scrollHeight;
  };
  start();

  """#

private let keyScript = #"""
  const dialog = one("#keys");
  one("#help").hidden = false;
  one("#help").addEventListener("click", () => dialog.showModal());
  const step = change => {
    const rows = all("a.open");
    if (!rows.length) return;
    const place = rows.findIndex(row => row.closest("tr").contains(document.activeElement));
    const next = rows[place < 0 ? (change > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, place + change))];
    next.focus();
    next.closest("tr").scrollIntoView({ block: "nearest" });
  };
  const actions = {
    j: () => step(1),
    k: () => step(-1),
    x: () => document.activeElement?.closest("tr")?.querySelector("input[type=checkbox]")?.click(),
    c: () => one("#choice")?.requestSubmit(),
    n: () => one("a[rel=next]")?.click(),
    p: () => one("a[rel=prev]")?.click(),
    u: () => { location.href = "/"; },
    "/": () => one("#search")?.focus(),
    "?": () => dialog.showModal(),
  };
  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
    const field = event.target.closest?.("input:not([type=checkbox]), select, textarea");
    if (field) { if (event.key === "Escape") field.blur(); return; }
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });

  """#
