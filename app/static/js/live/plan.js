/** A seating plan as SVG: every place is a button by touch, mouse and keyboard; marks and paths are laid over it.
 *
 * The room is kept with the board at the top (the pupils' view); the teacher's view is only drawn turned round.
 */
import { DIRECTIONS, extent, towards } from "./room.js";

export * from "./room.js";

const NS = "http://www.w3.org/2000/svg";
const U = 100; // drawing units for one desk
const LEAST = 50; // pixels for one desk: a seat's touch field stays at 48
const SIZES = { board: [300, 40], desk: [170, 62], screen: [160, 34], door: [70, 70], window: [40, 110], pillar: [56, 56] };

export function node(name, attributes = {}, text = "") {
  const element = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text) element.textContent = text;
  return element;
}

/** A small shape for each gender mark, so that colour is never alone. */
const GENDER = {
  f: () => node("circle", { r: 9 }),
  m: () => node("path", { d: "M0-10 10 8-10 8Z" }),
  x: () => node("path", { d: "M0-11 11 0 0 11-11 0Z" }),
};

export class PlanView extends EventTarget {
  /** `dress(target)` -> {label, classes, pressed, disabled, tag, draw}; `extra`: targets beside the seats
   *  ({id, x, y, kind, text}); `moving`: furniture can be chosen too; `least`: pixels of a desk;
   *  `room`: height of what else is on the screen. Events: "choose" (detail: {target}), "floor" (detail: {x, y}). */
  constructor(place, plan, { t, dress = () => ({}), extra = [], moving = false, view = "pupils", least = LEAST, room = 210 }) {
    super();
    Object.assign(this, { place, plan, t, dress, extra, moving, view, least, room, zoom: 1, at: "" });
    place.classList.add("plan");
    place.tabIndex = -1;
    this.svg = node("svg", { class: "plan-room", role: "group", "aria-label": t("Seating plan") });
    this.below = node("g", { class: "plan-below", "aria-hidden": "true" });
    this.body = node("g");
    this.above = node("g", { class: "plan-above", "aria-hidden": "true" });
    this.svg.append(this.below, this.body, this.above);
    place.replaceChildren(this.svg);
    this.svg.addEventListener("click", (event) => this.#click(event));
    this.svg.addEventListener("keydown", (event) => this.#key(event));
    this.svg.addEventListener("focusin", (event) => this.#stop(event.target.closest("[data-id]")?.dataset.id));
    this.resize = new ResizeObserver(() => this.#size());
    this.resize.observe(place);
    this.turned = new AbortController();
    addEventListener("resize", () => this.#size(), { signal: this.turned.signal });
    this.draw();
  }

  close() {
    this.resize.disconnect();
    this.turned.abort();
    this.place.replaceChildren();
  }

  /** Seats, then what else can be pressed, with the id that events carry. */
  get targets() {
    const things = this.moving ? this.plan.furniture.map((piece, n) => ({ ...piece, id: `f${n}` })) : [];
    return [...this.plan.seats, ...this.extra, ...things];
  }

  target(id) {
    return this.targets.find((target) => target.id === id);
  }

  /** Room to drawing, in the view that is shown. */
  spot({ x, y }) {
    const { x0, x1, y0, y1 } = this.box;
    const turned = this.view === "teacher";
    return { x: (turned ? x1 + x0 - x : x) * U, y: (turned ? y1 + y0 - y : y) * U };
  }

  /** A place on the screen to the room. */
  floorAt(clientX, clientY) {
    const point = new DOMPoint(clientX, clientY).matrixTransform(this.svg.getScreenCTM().inverse());
    const { x0, x1, y0, y1 } = this.box;
    const turned = this.view === "teacher";
    const [x, y] = [point.x / U, point.y / U];
    return { x: turned ? x1 + x0 - x : x, y: turned ? y1 + y0 - y : y };
  }

  /** An arrow key as a step in the room. */
  direction(key) {
    const sign = this.view === "teacher" ? -1 : 1;
    return DIRECTIONS[key]?.map((part) => part * sign);
  }

  setView(view) {
    this.view = view;
    this.draw();
  }

  setZoom(zoom) {
    this.zoom = Math.min(2.5, Math.max(0.6, zoom));
    this.#size();
  }

  /** Everything anew: after places were added, moved or turned. */
  draw() {
    const focused = this.svg.contains(document.activeElement);
    // Half of the widest furniture must be inside too, or the board would be cut.
    const wide = this.plan.furniture.flatMap(({ kind, x, y }) => {
      const reach = Math.max(0.3, SIZES[kind][0] / U / 2 - 0.5);
      return [{ x: x - reach, y }, { x: x + reach, y }];
    });
    this.box = extent([...this.plan.seats, ...this.extra, ...wide]);
    const { x0, x1, y0, y1 } = this.box;
    this.wide = x1 - x0 + 1.2;
    this.high = y1 - y0 + 1.2;
    this.svg.setAttribute("viewBox", [x0 - 0.6, y0 - 0.6, this.wide, this.high].map((n) => n * U).join(" "));
    this.floor = node("rect", {
      class: "plan-floor", x: (x0 - 0.6) * U, y: (y0 - 0.6) * U, width: this.wide * U, height: this.high * U,
    });
    // Where a target stands at the teacher's desk, it is the desk.
    const taken = (piece) => this.extra.some((target) => target.x === piece.x && target.y === piece.y);
    const pieces = this.plan.furniture.map((piece, n) => (taken(piece) ? "" : this.#piece(piece, n)));
    this.body.replaceChildren(this.floor, ...pieces.filter(Boolean),
      ...this.extra.map((target) => this.#extra(target)), ...this.plan.seats.map((seat) => this.#seat(seat)));
    if (!this.target(this.at)) this.at = this.targets[0]?.id ?? "";
    this.refresh();
    this.#size();
    if (focused && this.at) this.element(this.at).focus();
  }

  element(id) {
    return this.body.querySelector(`[data-id="${CSS.escape(id)}"]`);
  }

  focus(id) {
    this.element(id)?.focus();
  }

  /** Words, states and marks only; the elements stay, so focus and readers are not disturbed. */
  refresh() {
    for (const target of this.targets) {
      const element = this.element(target.id);
      if (!element) continue;
      const { label = this.name(target), classes = [], pressed, disabled, tag = "", draw } = this.dress(target);
      element.setAttribute("aria-label", label);
      element.setAttribute("tabindex", target.id === this.at ? 0 : -1);
      for (const [name, value] of [["aria-pressed", pressed], ["aria-disabled", disabled]]) {
        if (value === undefined) element.removeAttribute(name);
        else element.setAttribute(name, value);
      }
      element.setAttribute("class", [element.dataset.class, ...classes].join(" "));
      const marks = element.querySelector(".seat-marks");
      marks?.replaceChildren();
      if (tag && marks) marks.append(node("text", { class: "seat-tag", y: 21 }, tag));
      if (draw && marks) draw(marks);
    }
  }

  /** 座位 01, and what the seat's marks say. */
  name(target) {
    const { t } = this;
    if (target.text) return target.text;
    if (target.kind) return t(`furniture ${target.kind}`);
    const parts = [t("Seat %(code)s", { code: target.code })];
    if (target.gender) parts.push(t(`gender ${target.gender}`));
    if (target.group) parts.push(t("Group %(name)s", { name: target.group }));
    if (target.mark) parts.push(target.mark);
    if (target.absent) parts.push(t("absent"));
    return parts.join(t(", "));
  }

  #size() {
    const across = this.place.clientWidth - 2;
    if (across < 50) return;
    // Not taller than the window, else the far rows would always be out of sight.
    const fit = Math.min(across / this.wide, Math.max(innerHeight - this.room, 380) / this.high, 96);
    const scale = Math.max(fit * this.zoom, Math.min(this.least, this.zoom < 1 ? 30 : this.least));
    this.svg.style.width = `${this.wide * scale}px`;
    this.svg.style.height = `${this.high * scale}px`;
  }

  #stop(id) {
    if (!id || id === this.at) return;
    this.element(this.at)?.setAttribute("tabindex", -1);
    this.element(id).setAttribute("tabindex", 0);
    this.at = id;
  }

  #click(event) {
    const id = event.target.closest("[data-id]")?.dataset.id;
    if (id) this.#choose(id, event);
    else this.dispatchEvent(new CustomEvent("floor", { detail: this.floorAt(event.clientX, event.clientY) }));
  }

  #choose(id, event) {
    if (this.element(id).getAttribute("aria-disabled") === "true") return;
    this.dispatchEvent(new CustomEvent("choose", { detail: { target: this.target(id), event } }));
  }

  #key(event) {
    const id = event.target.closest("[data-id]")?.dataset.id;
    if (!id || event.altKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (!event.repeat) this.#choose(id, event);
      return;
    }
    const step = this.direction(event.key);
    if (!step || event.defaultPrevented) return;
    event.preventDefault();
    const next = towards(this.targets, this.target(id), step);
    if (next) this.focus(next.id);
  }

  #button(target, name, ...parts) {
    const { x, y } = this.spot(target);
    const element = node("g", { role: "button", "data-id": target.id, "data-class": name, transform: `translate(${x} ${y})` });
    element.append(...parts);
    return element;
  }

  #seat(seat) {
    const parts = [
      node("rect", { class: "seat-hit", x: -48, y: -48, width: 96, height: 96 }),
      node("rect", { class: "seat-ring", x: -47, y: -45, width: 94, height: 90, rx: 16 }),
      node("rect", { class: "seat-box", x: -42, y: -40, width: 84, height: 80, rx: 12 }),
      node("text", { class: "seat-code", y: -12 }, seat.code),
    ];
    if (GENDER[seat.gender]) {
      const sign = GENDER[seat.gender]();
      sign.setAttribute("transform", "translate(29 -27)");
      sign.setAttribute("class", "seat-gender");
      parts.push(sign);
    }
    if (seat.group) parts.push(node("text", { class: "seat-group", x: -37, y: -20 }, seat.group));
    if (seat.mark) parts.push(node("text", { class: "seat-mark", x: 37, y: 0 }, seat.mark));
    parts.push(node("g", { class: "seat-marks" }));
    if (seat.absent) parts.push(node("path", { class: "seat-cross", d: "M-36-34 36 34" }));
    const group = seat.group ? ` group-${(parseInt(seat.group, 10) || seat.group.charCodeAt(0)) % 6}` : "";
    return this.#button(seat, `seat${group}${seat.absent ? " is-absent" : ""}`, ...parts);
  }

  #extra(target) {
    const small = target.kind === "spot" || target.text.length > 7;
    const wide = [...target.text].reduce((sum, sign) => sum + (sign > "\u2fff" ? 18 : 10), 20);
    const half = Math.max(target.kind === "spot" ? 48 : 62, small ? wide / 2 : 0);
    const pill = (name, more, rx) => node("rect", {
      class: name, x: -half - more, y: -36 - more, width: 2 * (half + more), height: 72 + 2 * more, rx,
    });
    return this.#button(target, `seat plan-extra plan-${target.kind}${small ? " is-small" : ""}`,
      pill("seat-hit", 8, 0), pill("seat-ring", 5, 41), pill("seat-box", 0, 36),
      node("text", { class: "seat-code", y: 1 }, target.text), node("g", { class: "seat-marks" }));
  }

  #piece(piece, number) {
    const [width, height] = SIZES[piece.kind];
    const box = { x: -width / 2, y: -height / 2, width, height, rx: 6 };
    const label = this.t(`furniture ${piece.kind}`);
    const parts = [node("rect", { class: "piece-box", ...box }), node("text", { class: "piece-name" }, label)];
    if (this.moving) {
      const [wide, high] = [Math.max(width, 96), Math.max(height, 90)];
      parts.unshift(node("rect", { class: "seat-hit", x: -wide / 2, y: -high / 2, width: wide, height: high }));
      parts.push(node("rect", { class: "seat-ring", x: box.x - 6, y: box.y - 6, width: width + 12, height: height + 12, rx: 10 }));
      return this.#button({ ...piece, id: `f${number}` }, `piece piece-${piece.kind}`, ...parts);
    }
    const { x, y } = this.spot(piece);
    const element = node("g", { role: "img", "aria-label": label, class: `piece piece-${piece.kind}`, transform: `translate(${x} ${y})` });
    element.append(...parts);
    return element;
  }
}
