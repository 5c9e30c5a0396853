/** Plays a recording again from the data beside it. Several may stand on one page; without scripts the tables do. */

const SVG = "http://www.w3.org/2000/svg";
const UNIT = 62; // pixels for one desk
const SLOWEST = 2000; // a long pause of the lesson is not waited for
const NO_TIME = 400; // between steps that carry no time

function make(name, attributes = {}, text = "") {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.textContent = text;
  return node;
}

function element(name, className = "", text = "") {
  const node = document.createElement(name);
  node.className = className;
  node.textContent = text;
  return node;
}

const clock = (ms) => `${Math.floor(ms / 60000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, "0")}`;

/** The codes as a list, and the matrix growing pair by pair. */
function flandersStage(data, stage) {
  const list = element("ul", "replay-codes");
  data.categories.forEach((name, n) => list.append(element("li", "", `${n + 1} ${name}`)));
  const table = element("table", "replay-matrix");
  const head = table.createTHead().insertRow();
  head.append(element("td"));
  const body = table.createTBody();
  const cells = [];
  for (let a = 1; a <= 10; a += 1) {
    head.append(Object.assign(element("th", "", a), { scope: "col" }));
    const row = body.insertRow();
    row.append(Object.assign(element("th", "", a), { scope: "row" }));
    cells.push(Array.from({ length: 10 }, () => row.insertCell()));
  }
  stage.append(list, table);
  return (place) => {
    const counts = Array.from({ length: 10 }, () => new Array(10).fill(0));
    const codes = data.steps.slice(0, place).map((step) => step.code);
    codes.slice(1).forEach((code, n) => { counts[codes[n] - 1][code - 1] += 1; });
    const [before, now] = codes.length > 1 ? codes.slice(-2) : [0, codes[0]];
    cells.forEach((row, a) => row.forEach((cell, b) => {
      cell.textContent = counts[a][b] || "·";
      cell.classList.toggle("is-now", a + 1 === before && b + 1 === now);
    }));
    [...list.children].forEach((item, n) => item.classList.toggle("is-now", n + 1 === now));
  };
}

/** The room with its seats; answers where things are and the layer to draw on. */
function room(data, stage) {
  const points = [...data.seats, ...data.furniture, ...data.steps.filter((step) => "x" in step)];
  const xs = points.map((p) => p.x);
  const front = Math.min(0, ...data.seats.map((seat) => seat.y));
  const middle = data.seats.length ? (Math.min(...data.seats.map((s) => s.x)) + Math.max(...data.seats.map((s) => s.x))) / 2 : 0;
  const ends = { teacher: { x: middle - 1, y: front - 1.5 }, class: { x: middle + 1, y: front - 1.5 } };
  const ys = [...points.map((p) => p.y), ends.teacher.y];
  const [left, top] = [Math.min(...xs, middle - 2) - 1, Math.min(...ys) - 0.8];
  const size = [Math.max(...xs, middle + 2) + 1 - left, Math.max(...ys) + 0.8 - top].map((n) => n * UNIT);
  const at = (p) => [(p.x - left) * UNIT, (p.y - top) * UNIT];
  const svg = make("svg", { viewBox: `0 0 ${size[0]} ${size[1]}`, width: size[0], height: size[1], "aria-hidden": "true" });
  const seats = {};
  for (const thing of data.furniture) {
    const [x, y] = at(thing);
    svg.append(make("text", { x, y }, thing.name));
  }
  for (const seat of data.seats) {
    const [x, y] = at(seat);
    const box = make("rect", { x: x - 20, y: y - 20, width: 40, height: 40, rx: 4, class: "replay-seat" });
    const count = make("text", { x, y: y + 15 });
    seats[seat.id] = { box, count, at: [x, y] };
    svg.append(box, make("text", { x, y: y - 2 }, seat.code), count);
  }
  const layer = make("g");
  svg.append(layer);
  stage.append(svg);
  return { svg, seats, layer, at, ends };
}

function drawArrow(layer, [x, y], [x2, y2]) {
  const far = Math.hypot(x2 - x, y2 - y) || 1;
  const [dx, dy] = [(x2 - x) / far, (y2 - y) / far];
  const [tipX, tipY] = [x2 - dx * 22, y2 - dy * 22];
  layer.append(
    make("line", { x1: x + dx * 22, y1: y + dy * 22, x2: tipX - dx * 8, y2: tipY - dy * 8, class: "replay-arrow" }),
    make("path", {
      d: `M${tipX},${tipY} L${tipX - dx * 14 - dy * 7},${tipY - dy * 14 + dx * 7} L${tipX - dx * 14 + dy * 7},${tipY - dy * 14 - dx * 7} Z`,
      class: "replay-head",
    }),
  );
}

function flowStage(data, stage) {
  const { svg, seats, layer, at, ends } = room(data, stage);
  for (const [name, place] of Object.entries(ends)) {
    const [x, y] = at(place);
    svg.insertBefore(make("circle", { cx: x, cy: y, r: 20, class: "replay-end" }), layer);
    svg.insertBefore(make("text", { x, y: y + 4, class: "replay-end-name" }, data.ends[name]), layer);
  }
  const where = (name) => seats[name]?.at ?? (ends[name] ? at(ends[name]) : null);
  return (place) => {
    const counts = {};
    for (const step of data.steps.slice(0, place)) {
      for (const end of [step.from, step.to]) counts[end] = (counts[end] ?? 0) + 1;
    }
    for (const [id, seat] of Object.entries(seats)) seat.count.textContent = counts[id] ? `×${counts[id]}` : "";
    layer.replaceChildren();
    const now = data.steps[place - 1];
    if (now && where(now.from) && where(now.to)) drawArrow(layer, where(now.from), where(now.to));
  };
}

function taskStage(data, stage) {
  const { seats } = room(data, stage);
  return (place) => {
    for (const { box, count } of Object.values(seats)) {
      box.classList.remove("is-on", "is-off", "is-now");
      count.textContent = "";
    }
    for (const step of data.steps.slice(0, place)) {
      const seat = seats[step.seat];
      if (!seat) continue;
      seat.box.classList.toggle("is-on", step.on === true);
      seat.box.classList.toggle("is-off", step.on === false);
      seat.count.textContent = step.on === true ? "✓" : step.on === false ? "×" : "–";
    }
    seats[data.steps[place - 1]?.seat]?.box.classList.add("is-now");
  };
}

function movementStage(data, stage) {
  const { layer, at } = room(data, stage);
  return (place) => {
    const gone = data.steps.slice(0, place).map(at);
    layer.replaceChildren();
    if (!gone.length) return;
    const [x, y] = gone.at(-1);
    layer.append(
      make("polyline", { points: gone.map((point) => point.join(",")).join(" "), class: "replay-path" }),
      make("circle", { cx: x, cy: y, r: 17, class: "replay-stop" }),
      make("text", { x, y: y + 5, class: "replay-end-name" }, place),
    );
  };
}

const STAGES = { flanders: flandersStage, "verbal-flow": flowStage, "at-task": taskStage, "teacher-movement": movementStage };

function begin(box) {
  const data = JSON.parse(box.querySelector("[data-replay-data]").textContent);
  const [play, place, speed, said, stage] = ["play", "place", "speed", "said", "stage"].map((name) =>
    box.querySelector(`[data-replay-${name}]`));
  const draw = STAGES[data.instrument]?.(data, stage);
  stage.hidden = !draw;
  let timer = 0;

  function show() {
    const n = Number(place.value);
    const step = data.steps[n - 1];
    const words = [box.dataset.of.replace("{n}", n).replace("{all}", data.steps.length)];
    if (step) {
      if (step.t !== null) words.unshift(clock(step.t));
      words.push(step.say ?? `${step.code} ${data.categories[step.code - 1]}`);
    }
    said.textContent = words.join(" · ");
    place.setAttribute("aria-valuetext", said.textContent);
    draw?.(n);
  }

  function stop() {
    clearTimeout(timer);
    timer = 0;
    play.querySelector("span").textContent = box.dataset.play;
  }

  function next() {
    const n = Number(place.value);
    if (n >= data.steps.length) { stop(); return; }
    place.value = n + 1;
    show();
    const [now, then] = [data.steps[n]?.t ?? null, data.steps[n + 1]?.t ?? null];
    const pause = now === null || then === null ? NO_TIME : (then - now) / Number(speed.value);
    timer = setTimeout(next, Math.min(SLOWEST, Math.max(40, pause)));
  }

  play.addEventListener("click", () => {
    if (timer) { stop(); return; }
    if (Number(place.value) >= data.steps.length) place.value = 0;
    play.querySelector("span").textContent = box.dataset.pause;
    next();
  });
  place.addEventListener("input", () => { stop(); show(); });
  show();
  box.hidden = false;
}

for (const box of document.querySelectorAll("[data-replay]")) begin(box);
