/** What the pages of all instruments share: the bar, keys, questions, the wake lock, the time line.

    An instrument's module exports `open(recording, stage)`: it fills `stage` and returns how its events look:
    {label(event) -> text, mark(event) -> Node and name(event) -> text beside it (optional), form(event) -> {node, read() -> changes},
     blank() -> the content of a new event, tools: [Node] (optional), gaps(events) -> [{after: id or null, ...}] and
     gapRow(gap) -> Node (both optional),
     stays: true when the stage is still of use after the end}. */

import { t } from "./words.js";

export const $ = (selector, inside = document) => inside.querySelector(selector);

/** `el("button", {class: "btn", onclick: f, "aria-label": "x"}, "text", node, ...)` */
export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(key, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export function icon(name) {
  const svg = $("svg.icon").cloneNode(true);
  const use = $("use", svg);
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${name}`));
  return svg;
}

/** 754000 -> "12:34" */
export function clockText(ms) {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** "12:34" or "12:34.5" -> ms; null for anything else. */
export function clockOf(text) {
  const found = text.normalize("NFKC").trim().match(/^(\d+):([0-5]?\d(?:\.\d+)?)$/);
  return found && Math.round((Number(found[1]) * 60 + Number(found[2])) * 1000);
}

export const timeText = (event) => ((event.t ?? null) === null ? t("untimed") : clockText(event.t));

/** Tell a screen reader. */
export function say(text) { $("[data-say]").textContent = text; }

/** Ask in the page's dialog, with a text or fields; resolves to true or false. */
export function ask({ title, body, yes }) {
  const dialog = $("[data-ask]");
  $("[data-ask-title]").textContent = title;
  $("[data-ask-body]").replaceChildren(typeof body === "string" ? el("p", {}, body) : body);
  $("[data-ask-yes]").textContent = yes;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

/** A short buzz where the device has one and the user wants it. */
export const wantsBuzz = (wanted) => {
  try {
    if (wanted !== undefined) localStorage.setItem("live-buzz", wanted ? "1" : "");
    return localStorage.getItem("live-buzz") === "1";
  } catch { return false; }
};
export function buzz(ms = 15) { if (wantsBuzz()) navigator.vibrate?.(ms); }

/** Keys of the page, `act(key, event)`: not while somebody types, answers a question, or holds a key down. */
export function onKey(act) {
  document.addEventListener("keydown", (event) => {
    const away = event.target.closest?.("input, textarea, select, [contenteditable], dialog");
    if (away || event.repeat || event.altKey || $("[data-room]").hidden) return;
    act(event.key, event);
  });
}

/** The screen stays on while the recording runs. */
function keepAwake(recording) {
  let lock = null;
  const look = async () => {
    const wanted = recording.running && document.visibilityState === "visible";
    if (wanted && !lock) {
      lock = await navigator.wakeLock?.request("screen").catch(() => null);
      lock?.addEventListener("release", () => { lock = null; });
    } else if (!wanted && lock) await lock.release();
  };
  document.addEventListener("visibilitychange", look);
  recording.addEventListener("change", look);
  look();
}

// -- troubles ----------------------------------------------------------------------------------------------

function trouble(kind, values = {}) {
  const box = $("[data-trouble]");
  box.hidden = !kind;
  if (!kind) return;
  $("p", box).textContent = t(`trouble ${kind}`, values);
  $("[data-trouble-login]").hidden = !["login", "other_user"].includes(kind);
}

let lost = false;

/** Wait for something to be kept on the device; if that fails, say so until it works again, and resolve to null. */
export async function keep(promise) {
  try {
    const result = await promise;
    if (lost) trouble("");
    lost = false;
    return result;
  } catch (error) {
    console.warn(error);
    lost = true;
    trouble("storage");
    buzz(400);
    return null;
  }
}

// -- the bar -----------------------------------------------------------------------------------------------

/** `handlers`: {finish, reopen, timeline}. */
export function mountBar(recording, handlers) {
  const buttons = (name) => document.querySelectorAll(`[data-do="${name}"]`);
  const show = () => {
    const { head, clock } = recording;
    $("[data-title]").textContent = nameOf(head);
    document.title = nameOf(head);
    for (const button of buttons("undo")) button.disabled = !recording.canUndo;
    for (const button of buttons("redo")) button.disabled = !recording.canRedo;
    const word = !clock.started ? "Start" : clock.paused ? "Go on" : "Pause";
    for (const button of buttons("pause")) {
      $("span", button).textContent = t(word);
      button.title = t(word);
      $("use", button).setAttribute("href", $("use", button).getAttribute("href").replace(/#.*/, word === "Pause" ? "#minus" : "#play"));
    }
    $("[data-room]").classList.toggle("is-paused", clock.started && clock.paused);
    tick();
  };
  let { paused } = recording.clock;
  const tick = () => {
    // This look may stop the clock, when nobody was there for hours.
    $("[data-clock]").textContent = clockText(recording.elapsed);
    if (paused === recording.clock.paused) return;
    ({ paused } = recording.clock);
    show();
  };
  const sent = () => {
    const { state, unsent, refused } = recording;
    const line = $("[data-sync]");
    line.dataset.state = state;
    line.textContent = t(`sync ${state}`, { n: state === "refused" ? refused.length || 1 : unsent || 1 });
    const loud = ["login", "other_user", "refused"].includes(state);
    if (!lost) trouble(loud ? state : "", { reason: refused[0]?.refused ?? recording.reason });
  };
  const acts = {
    undo: async () => { await keep(recording.undo()); say(t("undone")); },
    redo: async () => { await keep(recording.redo()); say(t("redone")); },
    pause: () => keep(!recording.clock.started ? recording.start() : recording.clock.paused ? recording.resume() : recording.pause()),
    ...handlers,
  };
  document.addEventListener("click", (event) => acts[event.target.closest("[data-do]")?.dataset.do]?.());
  document.addEventListener("keydown", (event) => {
    if (event.target.closest?.("input, textarea, select, dialog") || $("[data-room]").hidden) return;
    const letter = (event.ctrlKey || event.metaKey) && event.key.toLowerCase();
    const back = letter === "z" ? (event.shiftKey ? "redo" : "undo") : letter === "y" ? "redo" : event.key === "Backspace" && "undo";
    if (!back) return;
    event.preventDefault();
    acts[back]();
  });
  recording.addEventListener("change", show);
  recording.addEventListener("sync", sent);
  setInterval(tick, 250);
  show();
  sent();
  keepAwake(recording);
}

/** The title, or the day for a recording without one. */
export function nameOf({ title, started_at, at }) {
  return title || t("untitled", { date: dayText(started_at ?? at) });
}

export function dayText(moment) {
  return new Date(moment).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
}

// -- the time line -----------------------------------------------------------------------------------------

const PAGE = 100;
const contentOf = ({ id, t: time, part, ...content }) => content;

export class TimeLine {
  constructor(recording, look) {
    Object.assign(this, { recording, look, from: 0, dialog: $("[data-timeline]") });
    $("[data-timeline-tools]").replaceChildren(...(look.tools ?? []));
    $("[data-shut]", this.dialog).addEventListener("click", () => this.dialog.close());
    $("[data-earlier]").addEventListener("click", () => this.turn(-PAGE));
    $("[data-later]").addEventListener("click", () => this.turn(PAGE));
    $("[data-history]").closest("details").addEventListener("toggle", () => this.history());
    recording.addEventListener("change", () => { if (this.dialog.open) this.show(); });
  }

  /** Open it at the end, or at the event with this id. */
  open(id) {
    const { events } = this.recording;
    const at = id ? events.findIndex((event) => event.id === id) : events.length;
    this.from = Math.max(0, id ? at - PAGE / 2 : at - PAGE);
    this.dialog.showModal();
    this.show();
    const row = id ? $(`[data-event="${id}"]`, this.dialog) : $("[data-events]").lastElementChild;
    row?.scrollIntoView({ block: "center" });
    if (id) $("button", row)?.focus({ preventScroll: true });
  }

  turn(by) {
    this.from = Math.max(0, Math.min(this.from + by, this.recording.events.length - 1));
    this.show();
  }

  show() {
    const { events } = this.recording;
    const gaps = new Map((this.look.gaps?.(events) ?? []).map((gap) => [gap.after, gap]));
    const shown = events.slice(this.from, this.from + PAGE);
    const rows = shown.flatMap((event) => {
      const gap = gaps.get(event.id);
      return [this.row(event), ...(gap ? [this.look.gapRow(gap)] : [])];
    });
    if (!this.from && gaps.has(null)) rows.unshift(this.look.gapRow(gaps.get(null)));
    const kept = document.activeElement?.dataset?.key;
    $("[data-events]").replaceChildren(...rows);
    if (kept) $(`[data-key="${kept}"]`, this.dialog)?.focus({ preventScroll: true });
    $("[data-timeline-count]").textContent = t("count", { n: events.length });
    $("[data-earlier]").hidden = this.from === 0;
    $("[data-later]").hidden = this.from + PAGE >= events.length;
    this.history();
  }

  row(event) {
    const what = `${timeText(event)} ${this.look.label(event)}`;
    const button = (word, name, act) => el("button", {
      type: "button", class: "icon-button", title: t(word), "aria-label": t(`${word.toLowerCase()} of`, { what }),
      "data-key": `${name}-${event.id}`, onclick: act,
    }, icon(name));
    return el("li", { "data-event": event.id, class: "live-event" },
      el("span", { class: "live-event-time" }, timeText(event)),
      el("span", { class: "live-event-what" }, this.look.mark?.(event) ?? null, (this.look.name ?? this.look.label)(event),
        (event.part ?? 1) > 1 ? el("small", {}, ` ${t("part", { n: event.part })}`) : null),
      button("Change", "edit", () => this.change(event)),
      button("Insert after", "plus", () => this.insert(event)),
      button("Delete", "trash", () => keep(this.recording.drop(event.id))));
  }

  /** Fields of an event in the dialog; resolves to what was entered, or null. */
  async fields(title, event) {
    const form = this.look.form(event);
    const timed = (event.t ?? null) !== null;
    const time = el("input", { class: "form-control input-short", id: "live-time", value: timed ? clockText(event.t) : "", pattern: "\\d+:[0-5]?\\d(\\.\\d+)?", required: true });
    const body = el("div", {}, timed ? el("div", { class: "field" }, el("label", { class: "form-label", for: "live-time" }, t("Time")), time) : null, form.node);
    if (!(await ask({ title, body, yes: t("Save") }))) return null;
    // The field shows whole seconds; untouched, the exact time stays.
    const moved = timed && time.value !== clockText(event.t) ? { t: clockOf(time.value) ?? event.t } : {};
    return { ...form.read(), ...moved };
  }

  async change(event) {
    const what = `${timeText(event)} ${this.look.label(event)}`;
    const changes = await this.fields(t("change of", { what }), event);
    if (changes) await keep(this.recording.put({ id: event.id, ...changes }));
  }

  async insert(event) {
    const { events } = this.recording;
    const at = events.findIndex((other) => other.id === event.id);
    const next = events[at + 1];
    const timed = (event.t ?? null) !== null;
    const time = timed ? Math.floor((event.t + (next?.t ?? event.t + 2000)) / 2) : null;
    const blank = { t: time, ...(event.part ? { part: event.part } : {}), ...this.look.blank() };
    const changes = await this.fields(t("insert after of", { what: this.look.label(event) }), blank);
    if (!changes) return;
    const fresh = { ...blank, ...changes };
    // A list without times has no place between two entries: its contents move on by one.
    const rest = timed ? [] : events.slice(at + 1);
    if (!rest.length) await keep(this.recording.put(fresh));
    else {
      const contents = [contentOf(fresh), ...rest.map(contentOf)];
      await keep(this.recording.putAll(contents.map((content, n) => ({ id: rest[n]?.id, t: null, ...content }))));
    }
  }

  history() {
    const list = $("[data-history]");
    if (!list.closest("details").open) return;
    const lines = this.recording.history().map(({ op, before }) => {
      const look = (event) => (event ? `${timeText(event)} ${this.look.label(event)}` : "");
      const kind = op.op === "drop" ? "drop" : before ? "change" : "add";
      const text = t(`did ${kind}`, { what: look(op.event ?? before), before: look(before) });
      const again = op.undoes ? ` (${t("did undo")})` : op.redoes ? ` (${t("did redo")})` : "";
      return el("li", {}, el("time", {}, new Date(op.at).toLocaleTimeString(document.documentElement.lang, { hour12: false })), ` ${text}${again}`);
    });
    list.replaceChildren(...lines.reverse());
  }
}
