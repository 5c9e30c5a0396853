/** The seating plan of a class: drawn once, by dragging, by keyboard, or in the list; kept on the device at once. */
import { FURNITURE, PlanView, extent, freeCode, generate, newSeat } from "./plan.js";
import { PlanTable } from "./plan_table.js";
import { keepPlan, openPlan } from "./plan_store.js";
import { t } from "./words.js";

const $ = (selector) => document.querySelector(selector);
const VIEW = "plan-view"; // which way round one last looked, on this device
const GRAIN = 0.5; // places stand on half desks
const snap = (value) => Math.round(value / GRAIN) * GRAIN;

let plan; // {uid, name, version, data}
let view;
let table;
let chosen = new Set(); // ids of the selected places
let several = false;
const past = [];
const future = [];

const things = () => view.targets.filter((target) => chosen.has(target.id));
const piece = (id) => (id.startsWith("f") ? plan.data.furniture[Number(id.slice(1))] : plan.data.seats.find((seat) => seat.id === id));
const snapshot = () => JSON.stringify([plan.name, plan.data]);
const say = (text) => { $("[data-say]").textContent = text; };

/** Every change goes through here: what was is kept for undo, the rest is drawn and saved. */
function change(make, { fromTable = false } = {}) {
  const before = snapshot();
  make();
  if (snapshot() === before) return;
  past.push(before);
  future.length = 0;
  show(fromTable);
  keepPlan(plan);
}

function step(from, to) {
  if (!from.length) return;
  to.push(snapshot());
  [plan.name, plan.data] = JSON.parse(from.pop());
  $("[data-name]").value = plan.name;
  view.plan = plan.data;
  show();
  keepPlan(plan);
}

function show(fromTable = false) {
  chosen = new Set([...chosen].filter((id) => piece(id)));
  view.draw();
  if (!fromTable) table.draw(plan.data);
  panel();
  $("[data-undo]").disabled = !past.length;
  $("[data-redo]").disabled = !future.length;
  const codes = plan.data.seats.map((seat) => seat.code);
  $("[data-doubles]").hidden = new Set(codes).size === codes.length;
  $("[data-count]").textContent = t("%(n)s seats", { n: codes.length });
}

/** What can be said about the selected places, ready to be changed for all of them. */
function panel() {
  const seats = things().filter((target) => !target.kind);
  const one = (key) => (seats.every((seat) => seat[key] === seats[0]?.[key]) ? seats[0]?.[key] : undefined);
  $("[data-chosen]").hidden = !chosen.size;
  $("[data-nothing]").hidden = chosen.size > 0;
  $("[data-seat-fields]").hidden = !seats.length;
  $("[data-chosen-names]").textContent = things().map((target) => (target.kind ? view.name(target) : target.code)).join(t(", "));
  $("#seat-code").closest(".field").hidden = seats.length !== 1;
  for (const key of ["code", "group", "mark"]) {
    const input = $(`#seat-${key}`);
    if (document.activeElement !== input) input.value = one(key) ?? "";
  }
  $("#seat-absent").checked = one("absent") ?? false;
  for (const radio of document.querySelectorAll('[name="seat-gender"]')) radio.checked = radio.value === one("gender");
  view.refresh();
}

function select(id, add) {
  if (!add) chosen = chosen.has(id) && chosen.size === 1 ? new Set() : new Set([id]);
  else if (chosen.has(id)) chosen.delete(id);
  else chosen.add(id);
  panel();
  table.select(chosen);
}

function clear() {
  chosen.clear();
  panel();
  table.select(chosen);
}

function move(dx, dy) {
  change(() => {
    for (const id of chosen) {
      const thing = piece(id);
      [thing.x, thing.y] = [thing.x + dx, thing.y + dy];
    }
  });
  const [first] = things();
  if (first) say(where(first));
}

const where = (target) => t("%(name)s: column %(x)s, row %(y)s", { name: view.name(target), x: target.x + 1, y: target.y + 1 });

function remove() {
  const names = $("[data-chosen-names]").textContent;
  change(() => {
    plan.data.furniture = plan.data.furniture.filter((_, n) => !chosen.has(`f${n}`));
    plan.data.seats = plan.data.seats.filter((seat) => !chosen.has(seat.id));
    chosen.clear();
  });
  say(t("Removed: %(names)s. Undo brings it back.", { names }));
}

/** A free half-desk place: behind the last row, or beside the room for furniture. */
function add(kind) {
  const { x0, x1, y0, y1 } = extent(plan.data.seats);
  const everything = [...plan.data.seats, ...plan.data.furniture];
  const free = (x, y) => everything.every((other) => Math.hypot(other.x - x, other.y - y) >= 0.9);
  let spot = { x: x0, y: plan.data.seats.length ? y1 + 1 : 0 };
  if (kind) {
    spot = { board: [snap((x0 + x1) / 2), y0 - 2], desk: [snap((x0 + x1) / 2), y0 - 1], screen: [x1, y0 - 1.5], pillar: [x1 + 1, y1 - 1] }[kind];
    const [x, y] = spot ?? [x0 - 1, y0];
    spot = { x, y };
  }
  for (; !free(spot.x, spot.y); ) {
    if (kind === "board" || kind === "desk") spot.x += 0.5;
    else if (kind) spot.y += 0.5;
    else spot = spot.x < x1 ? { x: spot.x + 1, y: spot.y } : { x: x0, y: spot.y + 1 };
  }
  let id;
  change(() => {
    if (kind) id = `f${plan.data.furniture.push({ kind, ...spot }) - 1}`;
    else id = plan.data.seats[plan.data.seats.push(newSeat(plan.data.seats, spot.x, spot.y)) - 1].id;
    chosen = new Set([id]);
  });
  view.focus(id);
  say(t("Added: %(name)s", { name: where(view.target(id)) }));
}

function nextGroup() {
  const taken = new Set(plan.data.seats.map((seat) => seat.group));
  let number = 1;
  while (taken.has(String(number))) number += 1;
  return String(number);
}

const forSeats = (key, value) => change(() => {
  for (const seat of plan.data.seats) if (chosen.has(seat.id)) seat[key] = value;
});

/* --- dragging: the selected places together; by finger only what is selected, so that the page still scrolls --- */

function dragging(svg) {
  let drag = null;
  let dropped = 0;
  // The click that ends a drag is not a choice.
  svg.addEventListener("click", (event) => {
    if (performance.now() - dropped < 80) event.stopImmediatePropagation();
  }, true);
  svg.addEventListener("pointerdown", (event) => {
    const id = event.target.closest("[data-id]")?.dataset.id;
    if (!id || event.button || (event.pointerType === "touch" && !chosen.has(id))) return;
    drag = { id, from: view.floorAt(event.clientX, event.clientY), x: event.clientX, y: event.clientY, on: false, by: [0, 0] };
  });
  svg.addEventListener("pointermove", (event) => {
    if (!drag) return;
    if (!drag.on && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < 6) return;
    if (!drag.on) {
      drag.on = true;
      svg.setPointerCapture(event.pointerId);
      if (!chosen.has(drag.id)) select(drag.id, false);
    }
    const now = view.floorAt(event.clientX, event.clientY);
    drag.by = [snap(now.x - drag.from.x), snap(now.y - drag.from.y)];
    for (const id of chosen) {
      const thing = piece(id);
      const { x, y } = view.spot({ x: thing.x + drag.by[0], y: thing.y + drag.by[1] });
      view.element(id).setAttribute("transform", `translate(${x} ${y})`);
    }
  });
  const drop = (event) => {
    if (!drag) return;
    const { on, by } = drag;
    drag = null;
    if (!on) return;
    dropped = performance.now();
    if (event.type === "pointerup" && (by[0] || by[1])) move(...by);
    else view.draw();
  };
  svg.addEventListener("pointerup", drop);
  svg.addEventListener("pointercancel", drop);
}

function keys(event) {
  const field = event.target.closest("input, select, textarea");
  const command = event.ctrlKey || event.metaKey;
  if (command && !field && ["z", "y"].includes(event.key.toLowerCase())) {
    event.preventDefault();
    if (event.key.toLowerCase() === "y" || event.shiftKey) step(future, past);
    else step(past, future);
    return;
  }
  const id = event.target.closest("[data-plan] [data-id]")?.dataset.id;
  if (!id) return;
  const way = view.direction(event.key);
  if (way && chosen.has(id) && !command) {
    event.preventDefault();
    move(way[0] * GRAIN, way[1] * GRAIN);
  } else if (command && event.key.toLowerCase() === "a") {
    event.preventDefault();
    chosen = new Set(plan.data.seats.map((seat) => seat.id));
    panel();
    table.select(chosen);
  } else if (event.key === "Delete" || event.key === "Backspace") {
    event.preventDefault();
    if (!chosen.has(id)) select(id, false);
    remove();
  } else if (event.key === "Escape") clear();
}

function wire() {
  view.addEventListener("choose", ({ detail: { target, event } }) => {
    select(target.id, several || event.shiftKey || event.ctrlKey || event.metaKey);
  });
  view.addEventListener("floor", clear);
  dragging(view.svg);
  document.addEventListener("keydown", keys, true);
  $("[data-make]").addEventListener("submit", (event) => {
    event.preventDefault();
    const { rows, columns, arrangement } = Object.fromEntries(new FormData(event.target));
    change(() => {
      plan.data = generate(Number(rows), Number(columns), arrangement);
      view.plan = plan.data;
      chosen.clear();
    });
    say(t("%(n)s seats", { n: plan.data.seats.length }));
  });
  $("[data-name]").addEventListener("change", ({ target }) => {
    target.value = target.value.trim() || plan.name; // a plan always has a name
    change(() => { plan.name = target.value; });
  });
  $("[data-keep]").addEventListener("click", () => keepPlan(plan));
  $("[data-undo]").addEventListener("click", () => step(past, future));
  $("[data-redo]").addEventListener("click", () => step(future, past));
  $("[data-several]").addEventListener("click", ({ currentTarget }) => {
    several = !several;
    currentTarget.setAttribute("aria-pressed", several);
  });
  for (const radio of document.querySelectorAll('[name="plan-view"]')) {
    radio.checked = radio.value === view.view;
    radio.addEventListener("change", () => {
      localStorage.setItem(VIEW, radio.value);
      view.setView(radio.value);
    });
  }
  for (const button of document.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => view.setZoom(view.zoom * Number(button.dataset.zoom)));
  }
  for (const button of document.querySelectorAll("[data-add]")) {
    button.addEventListener("click", () => add(FURNITURE.includes(button.dataset.add) ? button.dataset.add : ""));
  }
  for (const button of document.querySelectorAll("[data-move]")) {
    button.addEventListener("click", () => {
      const way = view.direction(button.dataset.move);
      move(way[0] * GRAIN, way[1] * GRAIN);
    });
  }
  $("[data-remove]").addEventListener("click", () => {
    remove();
    view.focus(view.at);
  });
  $("[data-new-group]").addEventListener("click", () => forSeats("group", nextGroup()));
  $("[data-clear]").addEventListener("click", clear);
  $("#seat-code").addEventListener("change", ({ target }) => forSeats("code", target.value.trim() || freeCode(plan.data.seats)));
  for (const key of ["group", "mark"]) {
    $(`#seat-${key}`).addEventListener("change", ({ target }) => forSeats(key, target.value.trim()));
  }
  $("#seat-absent").addEventListener("change", ({ target }) => forSeats("absent", target.checked));
  for (const radio of document.querySelectorAll('[name="seat-gender"]')) {
    radio.addEventListener("change", () => forSeats("gender", radio.value));
  }
}

const start = async () => {
  plan = await openPlan(location.hash.slice(1), (theirs) => {
    // Another tab's or device's version was taken: what stood here can be brought back with undo.
    past.push(snapshot());
    plan = theirs;
    view.plan = plan.data;
    $("[data-name]").value = plan.name;
    show();
  });
  if (location.hash.slice(1) !== plan.uid) history.replaceState(null, "", `#${plan.uid}`);
  $("[data-name]").value = plan.name;
  view = new PlanView($("[data-plan]"), plan.data, {
    t,
    moving: true,
    view: localStorage.getItem(VIEW) ?? "pupils",
    dress: (target) => ({
      pressed: chosen.has(target.id),
      classes: chosen.has(target.id) ? ["is-chosen"] : [],
    }),
  });
  table = new PlanTable($("[data-table]"), {
    change: (make) => change(make, { fromTable: true }),
    select: (id) => select(id, true),
    remove: (id) => {
      chosen = new Set([id]);
      panel();
      remove();
    },
  });
  wire();
  show();
};

start();
navigator.serviceWorker?.register("/toolbox/sw.js");
