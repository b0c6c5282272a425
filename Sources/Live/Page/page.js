"use strict";

// What the server says again and again, and what was fetched because of it.
let state = { report: "", runs: -1, activities: [] };
let shown = { report: null, runs: null };
let runs = [];
const curves = new Map();     // by folder: the version of the list they belong to, and the numbers
const chosen = new Map();     // folder to color index
let order = { key: "date", down: true };

const byId = (id) => document.getElementById(id);

// An element with attributes and children; text never becomes markup.
function element(name, attributes = {}, ...children) {
  const made = name === "svg" || svgNames.has(name)
    ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "style") for (const [p, v] of Object.entries(value)) made.style.setProperty(p, v);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value != null) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child != null));
  return made;
}
const svgNames = new Set(["path", "line", "text", "g", "rect", "circle", "title"]);

async function get(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

// MARK: Numbers

const colors = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#8c8c00", "#7f7f7f"];
const color = (index) => colors[index % colors.length];

function time(seconds) {
  if (seconds == null || !isFinite(seconds)) return "";
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  const whole = Math.round(seconds), two = (n) => String(n).padStart(2, "0");
  return whole < 3600 ? `${Math.floor(whole / 60)} m ${two(whole % 60)} s`
    : `${Math.floor(whole / 3600)} h ${two(Math.floor(whole / 60) % 60)} m`;
}
const fixed = (number) => number == null ? "" : number.toFixed(3);
function short(number) {
  if (number === 0) return "0";
  const size = Math.abs(number);
  return size >= 1e5 || size < 1e-3 ? number.toExponential(1) : String(+number.toPrecision(3));
}
function date(seconds) {
  const day = new Date(seconds * 1000), two = (n) => String(n).padStart(2, "0");
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())} `
    + `${two(day.getHours())}:${two(day.getMinutes())}`;
}

// MARK: Charts

// Round numbers that span a range.
function ticks(low, high, count) {
  const rough = (high - low) / count, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough * 0.999);
  const first = Math.ceil(low / step - 1e-9), all = [];
  for (let i = first; i * step <= high + step * 1e-9; i++) all.push(i * step);
  return all;
}

// Lines over epochs. A series is {name, color, kind, epochs, values}; values may have holes.
function chart(title, series, options = {}) {
  const width = options.width ?? 300, height = options.height ?? 170;
  const left = 44, right = 8, top = 8, bottom = 22;
  const drawn = series.filter((one) => one.values.some((value) => value != null));
  const figure = element("figure");
  const keys = drawn.map((one) => element("span",
    { class: "key", style: { "--color": one.color, "--kind": one.kind ?? "solid" } }, one.name));
  figure.append(element("figcaption", {}, element("strong", {}, title + " "), ...keys));
  if (!drawn.length) {
    figure.append(element("p", { class: "details" }, "Nothing yet."));
    return figure;
  }
  const all = drawn.flatMap((one) => one.values.filter((value) => value != null));
  let low = Math.min(...all), high = Math.max(...all);
  if (options.score) [low, high] = [0, Math.max(0.1, high)];
  if (high - low < 1e-12) [low, high] = [low - Math.abs(low || 1) / 2, high + Math.abs(high || 1) / 2];
  const last = Math.max(2, ...drawn.map((one) => one.epochs.at(-1) ?? 1), options.planned ?? 0);
  const x = (epoch) => left + (epoch - 1) / (last - 1) * (width - left - right);
  const y = (value) => top + (high - value) / (high - low) * (height - top - bottom);
  const svg = element("svg", {
    class: "chart", viewBox: `0 0 ${width} ${height}`, role: "img",
    "aria-label": `${title} by epoch: ` + drawn.map((one) =>
      `${one.name} ${short(one.values.findLast((value) => value != null))}`).join(", "),
  });
  for (const value of ticks(low, high, 5)) {
    svg.append(element("line", { class: "grid", x1: left, x2: width - right, y1: y(value), y2: y(value) }),
      element("text", { x: left - 5, y: y(value) + 4, "text-anchor": "end" }, short(value)));
  }
  const whole = ticks(1, last, Math.max(2, width / 90)).filter((n) => Number.isInteger(n) && n >= 1);
  for (const epoch of new Set([1, ...whole])) {
    svg.append(element("text", { x: x(epoch), y: height - 6, "text-anchor": "middle" }, String(epoch)));
  }
  for (const one of drawn) {
    let path = "", isOpen = false, count = 0;
    one.values.forEach((value, i) => {
      if (value == null) { isOpen = false; return; }
      path += `${isOpen ? "L" : "M"}${x(one.epochs[i]).toFixed(1)} ${y(value).toFixed(1)}`;
      isOpen = true;
      count += 1;
    });
    svg.append(element("path", {
      d: path, stroke: one.color, "stroke-dasharray": one.kind === "dashed" ? "5 4" : null,
    }));
    if (count === 1) {
      const i = one.values.findIndex((value) => value != null);
      svg.append(element("circle", { cx: x(one.epochs[i]), cy: y(one.values[i]), r: 3, fill: one.color }));
    }
  }
  figure.append(svg);
  addCursor(svg, figure, drawn, { x, left, right, top, bottom, width, height, last });
  return figure;
}

// The values of all lines at the epoch under the pointer.
function addCursor(svg, figure, series, frame) {
  const line = element("line", { class: "cursor", y1: frame.top, y2: frame.height - frame.bottom, hidden: true });
  const words = element("p", { class: "details", hidden: true });
  svg.append(line);
  figure.append(words);
  svg.addEventListener("pointermove", (event) => {
    const box = svg.getBoundingClientRect();
    const place = (event.clientX - box.left) / box.width * frame.width;
    const share = (place - frame.left) / (frame.width - frame.left - frame.right);
    const epoch = Math.round(1 + Math.min(1, Math.max(0, share)) * (frame.last - 1));
    line.setAttribute("x1", frame.x(epoch));
    line.setAttribute("x2", frame.x(epoch));
    line.removeAttribute("hidden");
    words.hidden = false;
    words.textContent = `epoch ${epoch}: ` + series.map((one) => {
      const value = one.values[one.epochs.indexOf(epoch)];
      return value == null ? null : `${one.name} ${short(value)}`;
    }).filter((text) => text).join(", ");
  });
  svg.addEventListener("pointerleave", () => {
    line.setAttribute("hidden", "");
    words.hidden = true;
  });
}

async function numbers(folder) {
  const known = curves.get(folder);
  if (known && known.version === state.runs) return known.numbers;
  try {
    const fresh = await get(`curves?run=${encodeURIComponent(folder)}`);
    curves.set(folder, { version: state.runs, numbers: fresh });
    return fresh;
  } catch { return known?.numbers ?? null; }
}

// MARK: What runs now

const cards = new Map();

function showWork() {
  const place = byId("work"), present = new Set();
  for (const activity of state.activities) {
    const key = activity.run ?? "";
    present.add(key);
    if (!cards.has(key)) {
      cards.set(key, card(activity));
      place.append(cards.get(key).root);
    }
    update(cards.get(key), activity);
  }
  for (const [key, old] of cards) {
    if (present.has(key)) continue;
    old.root.remove();
    cards.delete(key);
  }
}

function card(activity) {
  const made = {
    title: element("strong"), stop: element("button", { class: "stop", type: "button", onclick: stop }, "Stop"),
    progress: element("progress", { max: 1 }), details: element("p", { class: "details" }),
    panels: element("div", { class: "panels" }), picture: element("img", { hidden: true, alt: "" }),
    version: null, pictured: null,
  };
  made.stop.title = "Like Ctrl-C: stops after this batch; you can resume the run.";
  made.root = element("article", { class: "activity" },
    element("div", { class: "head" }, made.title, made.stop), made.progress, made.details,
    made.panels, made.picture);
  return made;
}

function update(made, activity) {
  made.title.textContent = activity.run ? `${activity.run}: ${activity.title}` : activity.title;
  made.progress.value = activity.fraction;
  const left = activity.secondsLeft == null ? "" : `, ${time(activity.secondsLeft)} left`;
  made.details.textContent = `${Math.floor(activity.fraction * 100)} %  ${activity.details}${left}`;
  made.stop.disabled = state.isStopping;
  made.stop.textContent = state.isStopping ? "Stopping …" : "Stop";
  if (!activity.run) return;
  if (made.version !== state.runs) {
    made.version = state.runs;
    numbers(activity.run).then((fresh) => { if (fresh) panels(made, activity.run, fresh); });
  }
  if (activity.pictured != null && activity.pictured !== made.pictured) {
    made.pictured = activity.pictured;
    made.picture.src = `validation?run=${encodeURIComponent(activity.run)}&epoch=${activity.pictured}`;
    made.picture.alt = `Predictions on validation images after epoch ${activity.pictured}`;
    made.picture.hidden = false;
  }
}

function panels(made, folder, fresh) {
  const planned = runs.find((run) => run.folder === folder)?.planned;
  const line = (name, column, index, kind) =>
    ({ name, color: color(index), kind, epochs: fresh.epochs, values: fresh.columns[column] });
  const loss = (part) => chart(`${part} loss`, [
    line("train", `train/${part}_loss`, 0), line("val", `val/${part}_loss`, 1, "dashed")], { planned });
  made.panels.replaceChildren(
    chart("scores", [
      line("mAP50", "metrics/mAP50(B)", 2), line("mAP50-95", "metrics/mAP50-95(B)", 4),
    ], { score: true, planned }),
    loss("box"), loss("cls"), loss("dfl"));
}

async function stop() {
  for (const one of cards.values()) one.stop.disabled = true;
  try { await fetch("stop", { method: "POST" }); } catch { }
}

// MARK: The report

async function showReport() {
  if (shown.report === state.report) return;
  shown.report = state.report;
  const { title, blocks } = await get("report"), place = byId("report-view");
  byId("title").textContent = title;
  document.title = `${title} · yolos`;
  if (!blocks.length) {
    place.replaceChildren(element("p", { class: "empty" }, "Nothing has been done yet."));
    return;
  }
  place.querySelector(".empty")?.remove();
  // Blocks that stay are left alone, with their pictures, open parts and selections.
  blocks.forEach((html, index) => {
    const old = place.children[index];
    if (old?.html === html) return;
    const fresh = element("div", { class: "block" });
    fresh.innerHTML = html;
    fresh.html = html;
    if (old) old.replaceWith(fresh); else place.append(fresh);
  });
  while (place.children.length > blocks.length) place.lastChild.remove();
}

// MARK: Runs

const columns = [
  { key: "name", name: "run", isText: true, left: true },
  { key: "score", name: "mAP50-95", text: (run) => fixed(run.score) },
  { key: "map50", name: "mAP50", text: (run) => fixed(run.map50), wide: true },
  { key: "epochs", name: "epochs", text: (run) => run.planned ? `${run.epochs}/${run.planned}` : run.epochs, wide: true },
  { key: "seconds", name: "cost", text: (run) => time(run.seconds) },
  { key: "model", name: "model", isText: true, left: true, wide: true },
  { key: "data", name: "data", isText: true, left: true, wide: true },
  { key: "date", name: "date", text: (run) => date(run.date) },
];
const metrics = [
  ["metrics/mAP50-95(B)", "mAP50-95"], ["metrics/mAP50(B)", "mAP50"], ["metrics/precision(B)", "precision"],
  ["metrics/recall(B)", "recall"], ["train/box_loss", "box loss, training"], ["train/cls_loss", "cls loss, training"],
  ["train/dfl_loss", "dfl loss, training"], ["val/box_loss", "box loss, validation"],
  ["val/cls_loss", "cls loss, validation"], ["val/dfl_loss", "dfl loss, validation"], ["lr/pg0", "learning rate"],
];

async function showRuns() {
  if (shown.runs !== state.runs) {
    shown.runs = state.runs;
    const isFirst = !runs.length;
    runs = await get("runs");
    byId("count").textContent = runs.length ? `(${runs.length})` : "";
    if (isFirst) for (const run of runs.slice(0, 3)) choose(run.folder);
  }
  if (!byId("runs-view").hidden) { showTable(); await showOverlay(); }
}

function choose(folder) {
  const taken = new Set(chosen.values());
  let index = 0;
  while (taken.has(index)) index += 1;
  chosen.set(folder, index);
}

function showTable() {
  const head = byId("runs").tHead, body = byId("runs").tBodies[0];
  head.replaceChildren(element("tr", {}, element("th", {}), ...columns.map((column) => {
    const isSorted = column.key === order.key;
    return element("th", {
      class: [column.left ? "left" : "", column.wide ? "wide" : ""].join(" "),
      "aria-sort": isSorted ? (order.down ? "descending" : "ascending") : "none",
    }, element("button", { type: "button", onclick: () => sort(column) },
      column.name + (isSorted ? (order.down ? " ↓" : " ↑") : "")));
  })));
  const words = byId("filter").value.toLowerCase().split(/\s+/).filter((word) => word);
  const listed = runs.filter((run) =>
    words.every((word) => `${run.folder} ${run.name} ${run.model} ${run.data}`.toLowerCase().includes(word)));
  const sign = order.down ? -1 : 1;
  listed.sort((a, b) => {
    const [x, y] = [a[order.key], b[order.key]];
    if (x == null || y == null) return (x == null) - (y == null);
    return sign * (typeof x === "string" ? x.localeCompare(y) : x - y);
  });
  const running = new Set(state.activities.map((activity) => activity.run));
  body.replaceChildren(...listed.map((run) => row(run, running)));
  if (!listed.length) {
    body.append(element("tr", {}, element("td", { colspan: columns.length + 1, class: "left" },
      runs.length ? "No run matches." : "There are no runs yet.")));
  }
}

function row(run, running) {
  const box = element("input", {
    type: "checkbox", checked: chosen.has(run.folder), "aria-label": `draw ${run.folder}`,
    onchange: () => {
      if (chosen.has(run.folder)) chosen.delete(run.folder); else choose(run.folder);
      showTable();
      showOverlay();
    },
  });
  if (chosen.has(run.folder)) box.style.setProperty("--color", color(chosen.get(run.folder)));
  return element("tr", {}, element("td", {}, box), ...columns.map((column) => {
    const cell = element("td", { class: [column.left ? "left" : "", column.wide ? "wide" : "", column.key].join(" ") });
    if (column.key === "name") {
      cell.title = run.folder;
      cell.append(element("button", { type: "button", onclick: () => showOptions(run) }, run.folder));
      if (running.has(run.folder)) cell.append(element("span", { class: "badge now" }, "running"));
      else if (run.isUnfinished) cell.append(element("span", { class: "badge" }, "unfinished"));
    } else cell.append(String(column.text ? column.text(run) : run[column.key]));
    return cell;
  }));
}

function sort(column) {
  order = { key: column.key, down: order.key === column.key ? !order.down : !column.isText };
  showTable();
}

async function showOverlay() {
  const metric = byId("metric").value, name = metrics.find(([key]) => key === metric)[1];
  const series = [];
  for (const [folder, index] of chosen) {
    const fresh = await numbers(folder);
    if (fresh) series.push({ name: folder, color: color(index), epochs: fresh.epochs, values: fresh.columns[metric] ?? [] });
  }
  const width = Math.max(320, Math.min(900, byId("overlay").clientWidth || 900));
  byId("overlay").replaceChildren(series.length
    ? chart(name, series, { width, height: Math.max(200, width * 0.38), score: metric.startsWith("metrics/") })
    : element("p", { class: "empty" }, "Check runs in the list to see their curves here."));
}

async function showOptions(run) {
  const fresh = await numbers(run.folder);
  byId("options").replaceChildren(element("h2", {}, run.folder), element("dl", {},
    ...(fresh?.options ?? []).map(([name, value]) =>
      element("div", {}, element("dt", {}, name), element("dd", {}, value)))));
  byId("options").scrollIntoView({ behavior: "smooth" });
}

// MARK: The page

function showPlace() {
  const isRuns = location.hash === "#runs";
  byId("runs-view").hidden = !isRuns;
  byId("report-view").hidden = isRuns;
  byId("work").classList.toggle("beside-runs", isRuns);
  for (const link of document.querySelectorAll("nav a")) {
    link.classList.toggle("here", link.hash === (isRuns ? "#runs" : "#report"));
  }
  if (isRuns) { showTable(); showOverlay(); }
}

function showStatus() {
  const status = byId("status");
  if (state.ending === 0) status.textContent = "done";
  else if (state.ending != null) {
    status.textContent = state.ending === 130 ? "interrupted" : `ended with exit code ${state.ending}`;
  } else if (state.isStopping) status.textContent = "stopping after this batch";
  else status.textContent = state.activities.length ? "working" : "live";
}

async function take(fresh) {
  state = fresh;
  showStatus();
  showWork();
  try { await Promise.all([showReport(), showRuns()]); } catch { }
}

for (const [key, name] of metrics) byId("metric").append(element("option", { value: key }, name));
byId("metric").addEventListener("change", showOverlay);
byId("filter").addEventListener("input", showTable);
byId("choice").addEventListener("submit", (event) => event.preventDefault());
byId("clear").addEventListener("click", () => { chosen.clear(); showTable(); showOverlay(); });
addEventListener("hashchange", showPlace);
showPlace();

const source = new EventSource("events");
source.onmessage = async (event) => {
  const fresh = JSON.parse(event.data);
  await take(fresh);
  // The server waits for this before it goes.
  if (fresh.ending != null) source.close();
};
source.onerror = () => {
  if (state.ending == null) byId("status").textContent = "not connected: yolos has ended, or the page has";
};
