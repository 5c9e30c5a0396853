/** The floor of the three instruments that use a seating plan: the plan, its tools, and fields for corrections. */
import { PlanView, generate, node } from "./plan.js";
import { el, icon, keep, say } from "./ui.js";
import { t } from "./words.js";

const VIEW = "plan-view";
export const PARTS = [1, 2, 3, 4];
/** A shape for each part of the lesson, beside its colour. */
export const SHAPES = {
  1: (size) => node("circle", { r: size }),
  2: (size) => node("rect", { x: -size, y: -size, width: 2 * size, height: 2 * size }),
  3: (size) => node("path", { d: `M0 ${-1.2 * size} ${1.2 * size} ${size} ${-1.2 * size} ${size}Z` }),
  4: (size) => node("path", { d: `M0 ${-1.4 * size} ${1.4 * size} 0 0 ${1.4 * size} ${-1.4 * size} 0Z` }),
};

/** A group of buttons of which one is on. `items`: [[value, content...]]; `act(value)`. */
export function choices(label, items, act, name = "") {
  const buttons = items.map(([value, ...content]) => el("button", {
    type: "button", class: `stage-key ${name}`, "data-value": value, onclick: () => act(value),
  }, ...content));
  const group = el("div", { class: `stage-keys ${name}s`, role: "group", "aria-label": label }, ...buttons);
  group.set = (value) => {
    for (const button of buttons) button.setAttribute("aria-pressed", button.dataset.value === String(value));
  };
  return group;
}

/** A label and a select, for the time line. `options`: [[value, text]] */
export function selectField(id, label, options, value) {
  const select = el("select", { class: "form-select", id }, ...options.map(([key, text]) => el("option", { value: key }, text)));
  select.value = value;
  return [el("div", { class: "field" }, el("label", { class: "form-label", for: id }, label), select), select];
}

/** Acts one after the other: a second press waits until the first one is on the disk, and then sees it.
    A key pressed after the end of the lesson does nothing. */
export function turns(recording) {
  let last = Promise.resolve();
  return (act) => { if (!recording.head.ended_at) last = last.then(act).catch(console.warn); };
}

/** The time of a press; what has to wait its turn keeps it. The first one of all starts the clock. */
export const pressed = (recording) => (recording.clock.started ? { t: recording.elapsed } : {});

/** zh or en of a code that a steward keeps. */
export const wordOf = (item) => (item ? item[t("lang")] || item.zh || item.code : "");

export class Stage {
  /** `parts`: buttons for the part of the lesson; `dress`, `extra`: see PlanView; `press(target)`; `floor(point)`. */
  constructor(recording, place, { name, extra = [], dress, press, floor = () => {}, parts = false, view = "pupils" }) {
    Object.assign(this, { recording, place, press, dress, away: false });
    this.room = el("div", {});
    this.tools = el("div", { class: "plan-tools" }, this.#views(), this.#absent());
    // On a telephone the plan needs the height: what is seldom used is folded away there.
    const more = el("button", { type: "button", class: "stage-key stage-more", "aria-expanded": "false", onclick: () => {
      more.setAttribute("aria-expanded", this.tools.classList.toggle("is-open"));
    } }, t("Tools"));
    this.keys = el("div", { class: "stage-panel" });
    this.list = el("div", { class: "stage-list" });
    place.classList.add("stage", `stage-${name}`);
    place.replaceChildren(el("div", { class: "stage-plan" },
      el("div", { class: "stage-top" }, ...(parts ? [this.#parts()] : []), more, this.tools), this.room), this.keys, this.list);
    this.view = new PlanView(this.room, this.plan, {
      t, extra, dress: (target) => this.#dressed(target), view: localStorage.getItem(VIEW) ?? view, room: matchMedia("(min-width: 900px)").matches ? 290 : 350,
    });
    this.#showView();
    this.view.addEventListener("choose", ({ detail }) => this.#choose(detail.target));
    this.view.addEventListener("floor", ({ detail }) => { if (!this.away) floor(detail); });
    recording.addEventListener("change", () => this.refresh());
  }

  get plan() { return this.recording.head.plan ?? generate(); }

  get seats() { return this.plan.seats; }

  get part() { return this.recording.clock.part; }

  seat(id) { return this.seats.find((seat) => seat.id === id); }

  /** What a place is called: 座位 01, 老師, 全班. */
  nameOf(id) {
    const target = this.view.target(id);
    if (!target) return t("Seat %(code)s", { code: "?" });
    return target.text ?? t("Seat %(code)s", { code: target.code });
  }

  /** Everything that depends on the events; the instrument's `show` first, since it counts them. */
  refresh() {
    this.ready = true;
    this.show?.();
    if (this.view.plan !== this.plan) {
      this.view.plan = this.plan;
      this.view.draw();
    } else this.view.refresh();
    for (const button of this.partKeys?.children ?? []) button.disabled = !this.recording.clock.started;
    this.partKeys?.set(this.part);
  }

  #dressed(target) {
    if (!this.ready) return {};
    const dressed = this.dress(target);
    // While pupils are marked as absent every seat can be pressed.
    if (this.away) return { ...dressed, disabled: target.text ? true : undefined, pressed: target.text ? undefined : target.absent };
    return target.absent ? { ...dressed, disabled: true } : dressed;
  }

  async #choose(target) {
    if (!this.away) {
      this.press(target);
      return;
    }
    const seats = this.seats.map((seat) => (seat.id === target.id ? { ...seat, absent: !seat.absent } : seat));
    await keep(this.recording.setHead({ plan: { ...this.plan, seats } }));
    say(this.view.name(this.view.target(target.id)));
  }

  #views() {
    const group = choices(t("Seen by"), [["pupils", t("Pupils' view")], ["teacher", t("Teacher's view")]], (view) => {
      localStorage.setItem(VIEW, view);
      this.view.setView(view);
      this.#showView();
      this.show?.();
    }, "stage-view");
    this.viewKeys = group;
    const zoom = (by, word, sign) => el("button", {
      type: "button", class: "stage-key", "aria-label": t(word), title: t(word), onclick: () => this.view.setZoom(this.view.zoom * by),
    }, icon(sign));
    return el("div", { class: "stage-looks" }, group, zoom(1.25, "Larger", "plus"), zoom(0.8, "Smaller", "minus"));
  }

  #showView() { this.viewKeys.set(this.view.view); }

  #parts() {
    this.partKeys = choices(t("Part of the lesson"), PARTS.map((part) => {
      const sign = node("svg", { viewBox: "-12 -12 24 24", class: `part-sign part-${part}`, "aria-hidden": "true" });
      sign.append(SHAPES[part](7));
      return [part, sign, el("span", { class: "visually-hidden" }, t("Part of the lesson")), String(part)];
    }), async (part) => {
      this.recording.clock.part = part;
      await keep(this.recording.setHead({}));
      say(t("part", { n: part }));
    }, "stage-part");
    return this.partKeys;
  }

  #absent() {
    const button = el("button", { type: "button", class: "stage-key", "aria-pressed": "false", onclick: () => {
      this.away = !this.away;
      button.setAttribute("aria-pressed", this.away);
      this.place.classList.toggle("is-marking", this.away);
      if (this.away) say(t("Press every seat whose pupil is absent, then press this again."));
      this.refresh();
    } }, t("Mark absent pupils"));
    return button;
  }
}

/** The newest entries, newest first, each with its own button to take it back. */
export function lastEntries(list, recording, { title, lines, count = 6 }) {
  const rows = recording.events.slice(-count).reverse();
  const kept = document.activeElement?.closest?.(".stage-entry")?.dataset.id;
  list.replaceChildren(el("h2", {}, title), el("ol", {}, ...rows.map((event) => {
    const text = lines(event);
    return el("li", { class: "stage-entry", "data-id": event.id }, el("span", {}, text), el("button", {
      type: "button", class: "icon-button", "aria-label": t("delete of", { what: text }), title: t("Delete"), onclick: () => keep(recording.drop(event.id)),
    }, icon("trash")));
  })));
  if (!rows.length) list.append(el("p", { class: "text-soft" }, t("Nothing yet.")));
  if (kept) list.querySelector(`[data-id="${kept}"] button`)?.focus();
}
