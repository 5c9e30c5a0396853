/** At task: sweep after sweep, one look and one code for each pupil, in the same order every time. */
import { serpentine } from "./room.js";
import { Stage, choices, lastEntries, pressed, selectField, turns, wordOf } from "./stage.js";
import { buzz, clockText, el, keep, onKey, say } from "./ui.js";
import { t } from "./words.js";

const ORDER = "at-task-order"; // on this device: serpentine, or the order in which the plan was made

const SIGNS = { absent: "–", unseen: "?" };

/** The key of a code: its own letter, else a digit from 0 downwards through the rest. */
function keysOf(codes) {
  const spare = ["0", "9", "8", "7"];
  return new Map(codes.map(({ code }) => [code, code.length === 1 ? code.toUpperCase() : spare.shift() ?? ""]));
}

/** Codes of a sweep by seat; the later one stands. */
function sheet(events, sweep) {
  const found = new Map();
  for (const event of events) if (event.sweep === sweep) found.set(event.seat, event);
  return found;
}

export function open(recording, place) {
  const { codes, every_s: every } = recording.head.rule;
  const codeOf = (code) => codes.find((item) => item.code === code);
  const letters = keysOf(codes);
  let sweep = Math.max(1, ...recording.events.map((event) => event.sweep));
  let at = null; // id of the seat to be looked at; null: the sweep is done
  let marks = new Map();

  // A step pressed before the code before it is on the disk would be taken back by that code's own step.
  const inTurn = turns(recording);
  const stage = new Stage(recording, place, { name: "task", parts: true, dress, press: ({ id }) => inTurn(() => look(id)), view: "teacher" });
  const who = el("p", { class: "task-who", "aria-live": "polite" });
  const next = el("p", { class: "stage-hint", role: "status" });
  const begin = el("button", { type: "button", class: "stage-key", onclick: () => inTurn(newSweep) });
  const keys = choices(t("What the pupil does"), codes.map((item) => [item.code,
    el("span", { class: `task-sign ${toneOf(item)}`, "aria-hidden": "true" }, letters.get(item.code)), el("span", {}, wordOf(item)),
  ]), put, "task-code");
  const bar = el("progress", { "aria-label": t("Progress of the sweep") });
  const skip = el("button", { type: "button", class: "stage-key", onclick: () => inTurn(() => step(1)) }, t("Skip"), el("kbd", { "aria-hidden": "true" }, "→"));
  const back = el("button", { type: "button", class: "stage-key", onclick: () => inTurn(() => step(-1)) }, t("Previous"), el("kbd", { "aria-hidden": "true" }, "←"));
  const ways = choices(t("Order of the seats"), [["serpentine", t("Row by row, to and fro")], ["plan", t("As the plan was drawn")]], (way) => {
    localStorage.setItem(ORDER, way);
    ways.set(way);
    stage.refresh();
  }, "task-order");
  const sums = el("div", { class: "task-sums" });
  const entries = el("div", {});
  const timer = el("p", { class: "task-timer" });
  stage.keys.append(el("div", { class: "task-head" }, who, timer, bar), keys, el("div", { class: "task-steps" }, back, skip, begin), next);
  stage.list.append(sums, entries, el("details", { class: "fold" }, el("summary", {}, t("Order of the seats")), ways));
  ways.set(localStorage.getItem(ORDER) ?? "serpentine");

  function toneOf(item) {
    if (!item || item.counts === false) return "is-uncounted";
    return item.on_task ? "is-on" : "is-off";
  }

  const order = () => (localStorage.getItem(ORDER) === "plan" ? stage.seats : serpentine(stage.seats)).filter((seat) => !seat.absent);
  const codeHere = (id) => marks.get(id)?.code;

  /** The first seat after `id` without a code, then the first before it. */
  function unseen(id) {
    const seats = order();
    const from = seats.findIndex((seat) => seat.id === id) + 1;
    return [...seats.slice(from), ...seats.slice(0, from)].find((seat) => !marks.has(seat.id))?.id ?? null;
  }

  function look(id) {
    at = id;
    stage.refresh();
    say(who.textContent);
  }

  function step(by) {
    const seats = order();
    const here = seats.findIndex((seat) => seat.id === at);
    const there = seats[here < 0 && by < 0 ? seats.length - 1 : here + by];
    if (there) look(there.id);
    else if (by > 0) look(unseen(null));
  }

  function put(code) {
    const when = pressed(recording);
    buzz();
    inTurn(() => write(code, when));
  }

  async function write(code, when) {
    if (at === null) newSweep();
    const seat = at;
    const old = marks.get(seat);
    // A code that replaces one of the same sweep changes it; the original stays in the log.
    const event = { sweep, seat, code, part: stage.part };
    const kept = await keep(recording.put(old ? { id: old.id, ...event } : { ...when, ...event }));
    if (!kept) return;
    if (old) step(1);
    const done = at === null ? t("The sweep is complete.") : who.textContent;
    say(`${stage.nameOf(seat)} ${wordOf(codeOf(code))}. ${done}`);
  }

  function newSweep() {
    sweep += 1;
    marks = new Map();
    at = unseen(null);
    stage.refresh();
    say(t("Sweep %(n)s", { n: sweep }));
  }

  function share(number) {
    const counted = [...sheet(recording.events, number).values()].map((event) => codeOf(event.code)).filter((item) => item && item.counts !== false);
    const on = counted.filter((item) => item.on_task).length;
    return { on, of: counted.length, percent: counted.length ? `${((100 * on) / counted.length).toFixed(0)}%` : "—" };
  }

  function dress(target) {
    const code = codeHere(target.id);
    const words = [stage.view.name(target)];
    if (code) words.push(wordOf(codeOf(code)) || code);
    if (target.id === at) words.push(t("to be looked at now"));
    return {
      label: words.join(t(", ")),
      classes: [...(code ? [toneOf(codeOf(code))] : []), ...(target.id === at ? ["is-next"] : [])],
      tag: code ? SIGNS[code] ?? letters.get(code) ?? code : "",
    };
  }

  /** After a code the next seat; after an undo the seat whose code is gone. */
  let before = new Map(recording.events.map((event) => [event.id, event]));
  function follow() {
    const now = new Map(recording.events.map((event) => [event.id, event]));
    const gone = [...before.values()].findLast((event) => !now.has(event.id));
    const fresh = [...now.values()].findLast((event) => !before.has(event.id));
    before = now;
    if (gone ?? fresh) ({ sweep } = gone ?? fresh);
    marks = sheet(recording.events, sweep);
    if (gone) at = gone.seat;
    else if (fresh) at = unseen(fresh.seat);
  }

  stage.show = () => {
    follow();
    const seats = order();
    if (at !== null && !seats.some((seat) => seat.id === at)) at = unseen(at);
    const done = seats.filter((seat) => marks.has(seat.id)).length;
    who.textContent = at === null ? t("Sweep %(n)s is complete", { n: sweep }) : t("Sweep %(n)s: %(seat)s", { n: sweep, seat: stage.nameOf(at) });
    bar.max = seats.length;
    bar.value = done;
    keys.set(codeHere(at));
    begin.textContent = t("Begin sweep %(n)s", { n: sweep + 1 });
    const { percent, on, of } = share(sweep);
    next.textContent = t("%(done)s of %(all)s seats, at task %(percent)s", { done, all: seats.length, percent });
    begin.hidden = done === 0;
    begin.classList.toggle("is-due", at === null);
    sums.replaceChildren(table(), el("p", { class: "text-soft" }, t("%(on)s of %(of)s pupils seen and present in this sweep", { on, of })));
    lastEntries(entries, recording, {
      title: t("Last codes"), lines: (event) => `${clockText(event.t ?? 0)} ${label(event)}`,
    });
    tick();
    requestAnimationFrame(inSight);
  };

  /** On a telephone the keys cover the lower rows: the seat to be looked at is brought above them. */
  function inSight() {
    const seat = at !== null && stage.view.element(at)?.getBoundingClientRect();
    if (!seat) return;
    const low = Math.min(innerHeight, stage.keys.getBoundingClientRect().left < seat.right ? stage.keys.getBoundingClientRect().top : innerHeight);
    if (seat.bottom > low) scrollBy({ top: seat.bottom - low + 60 });
    else if (seat.top < 70) scrollBy({ top: seat.top - 90 });
  }

  function table() {
    const rows = Array.from({ length: sweep }, (_, n) => n + 1).reverse().map((number) => {
      const { on, of, percent } = share(number);
      const first = recording.events.find((event) => event.sweep === number);
      return el("tr", {}, el("th", { scope: "row" }, number), el("td", {}, first ? clockText(first.t ?? 0) : "—"), el("td", {}, `${on}/${of}`), el("td", {}, percent));
    });
    const head = [t("Sweep"), t("Begun at"), t("At task / seen"), "%"];
    return el("table", { class: "table-soft" }, el("caption", { class: "visually-hidden" }, t("Sweeps so far")),
      el("thead", {}, el("tr", {}, ...head.map((text) => el("th", { scope: "col" }, text)))), el("tbody", {}, ...rows));
  }

  /** The time to the next sweep counts from the start of this one. */
  let told = 0;
  function tick() {
    const first = recording.events.find((event) => event.sweep === sweep && (event.t ?? null) !== null);
    if (!first || !every) {
      timer.textContent = "";
      return;
    }
    const left = first.t + every * 1000 - recording.elapsed;
    const due = left <= 0;
    timer.classList.toggle("is-due", due);
    timer.textContent = due ? t("Sweep %(n)s is due", { n: sweep + 1 }) : t("Next sweep in %(time)s", { time: clockText(left) });
    if (due && told < sweep) {
      told = sweep;
      buzz(200);
      say(timer.textContent);
    }
  }
  setInterval(tick, 500);

  onKey((key, event) => {
    if (event.ctrlKey || event.metaKey) return;
    const code = codes.find((item) => letters.get(item.code) === key.toUpperCase());
    const inPlan = event.target.closest?.("[data-id]");
    if (code) put(code.code);
    else if (inPlan) return; // there the arrows go from seat to seat
    else if (key === "ArrowRight") inTurn(() => step(1));
    else if (key === "ArrowLeft") inTurn(() => step(-1));
    else if (key.toLowerCase() === "n" && !begin.hidden) inTurn(newSweep);
  });

  const label = (event) => t("Sweep %(n)s, %(seat)s: %(code)s", {
    n: event.sweep, seat: stage.nameOf(event.seat), code: wordOf(codeOf(event.code)) || event.code,
  });

  marks = sheet(recording.events, sweep);
  at = unseen(recording.events.findLast((event) => event.sweep === sweep)?.seat ?? null);
  stage.refresh();

  return {
    label,
    blank: () => ({ sweep, seat: stage.seats[0]?.id ?? "", code: codes[0]?.code ?? "" }),
    form: (event) => {
      const number = el("input", { class: "form-control input-short", id: "task-sweep", type: "number", min: 1, max: 1000, value: event.sweep });
      const [seatField, seat] = selectField("task-seat", t("Seat"), stage.seats.map(({ id }) => [id, stage.nameOf(id)]), event.seat);
      const [codeField, code] = selectField("task-code", t("What the pupil does"), codes.map((item) => [item.code, wordOf(item)]), event.code);
      return {
        node: el("div", {}, el("div", { class: "field" }, el("label", { class: "form-label", for: "task-sweep" }, t("Sweep")), number), seatField, codeField),
        read: () => ({ sweep: Number(number.value) || event.sweep, seat: seat.value, code: code.value }),
      };
    },
  };
}
