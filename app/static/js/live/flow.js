/** Verbal flow: who speaks to whom, and how; a tap on the plan is an exchange. */
import { node } from "./plan.js";
import { teacherSpot } from "./room.js";
import { Stage, choices, lastEntries, selectField, wordOf } from "./stage.js";
import { buzz, clockText, el, keep, onKey, say } from "./ui.js";
import { t } from "./words.js";

const SIGNS = { question: "?", praise: "+", correction: "−", direction: "!", answer: "○", volunteer: "△", pupil_question: "?", peer: "↔" };
const NEWEST = 4; // signs shown in a seat; the numbers below them count all

/** The exchanges of one place: to it, from it, and its newest signs. */
function tally(events) {
  const places = new Map();
  const of = (id) => places.get(id) ?? places.set(id, { to: 0, from: 0, kinds: [] }).get(id);
  for (const { from, to, kind } of events) {
    of(from).from += 1;
    of(to).to += 1;
    for (const id of [from, to]) of(id).kinds.push(kind);
  }
  return places;
}

export function open(recording, place) {
  const { kinds } = recording.head.rule;
  const kindOf = (code) => kinds.find((kind) => kind.code === code);
  const signOf = (code) => SIGNS[code] ?? String(kinds.findIndex((kind) => kind.code === code) + 1);
  let chosen = kinds[0]?.code;
  let both = false; // every exchange by two taps
  let from = null; // the first of two taps
  let places = tally(recording.events);

  const spot = teacherSpot(recording.head.plan);
  const stage = new Stage(recording, place, {
    name: "flow",
    parts: true,
    extra: [
      { id: "teacher", kind: "teacher", text: t("Teacher"), x: spot.x, y: spot.y },
      { id: "class", kind: "class", text: t("Whole class"), x: spot.x + 1.75, y: spot.y },
    ],
    dress,
    press,
  });

  const keys = choices(t("Kind of exchange"), kinds.map((kind, n) => [kind.code,
    el("span", { class: `flow-sign is-${kind.direction}`, "aria-hidden": "true" }, signOf(kind.code)),
    el("span", {}, wordOf(kind)), ...(n < 9 ? [el("kbd", { "aria-hidden": "true" }, n + 1)] : []),
  ]), choose, "flow-kind");
  const two = el("button", { type: "button", class: "stage-key", "aria-pressed": "false", onclick: () => {
    both = !both;
    two.setAttribute("aria-pressed", both);
    start(null);
  } }, t("Always two taps"));
  const hint = el("p", { class: "stage-hint", role: "status" });
  stage.keys.append(keys, hint);
  stage.tools.append(two);

  function choose(code) {
    chosen = code;
    start(null);
    say(wordOf(kindOf(code)));
  }

  function start(id) {
    from = id;
    const direction = kindOf(chosen)?.direction;
    keys.set(chosen);
    hint.textContent = from
      ? t("From %(from)s to …: press the other one.", { from: stage.nameOf(from) })
      : t(both ? "flow any" : `flow ${direction}`);
    stage.view.refresh();
  }

  function press({ id }) {
    const direction = kindOf(chosen)?.direction;
    if (from === id) {
      start(null);
      return;
    }
    if (from) add(from, id);
    else if (both || id === "teacher" || !["to_pupil", "from_pupil"].includes(direction)) start(id);
    else if (direction === "to_pupil") add("teacher", id);
    else add(id, "teacher");
  }

  async function add(one, other) {
    start(null);
    buzz();
    const event = await keep(recording.put({ from: one, to: other, kind: chosen, part: stage.part }));
    if (event) say(label(event));
  }

  function dress(target) {
    const { to = 0, from: out = 0, kinds: all = [] } = places.get(target.id) ?? {};
    const words = [stage.view.name(target)];
    if (to) words.push(t("spoken to %(n)s times", { n: to }));
    if (out) words.push(t("spoke %(n)s times", { n: out }));
    return {
      label: words.join(t(", ")),
      pressed: from === target.id ? true : undefined,
      classes: [...(from === target.id ? ["is-chosen"] : []), ...(to || out ? ["is-reached"] : [])],
      draw: (marks) => {
        if (target.text) return;
        all.slice(-NEWEST).forEach((code, n, shown) => {
          const x = (n - (shown.length - 1) / 2) * 19;
          marks.append(node("text", { class: `flow-mark is-${kindOf(code)?.direction}`, x, y: 8 }, signOf(code)));
        });
        for (const [number, x, path, way] of [[to, -20, "M-7-5 7-5 0 6Z", "to"], [out, 20, "M-7 6 7 6 0-5Z", "from"]]) {
          if (!number) continue;
          marks.append(node("path", { class: `flow-way is-${way}`, d: path, transform: `translate(${x - 11} 28)` }),
            node("text", { class: "seat-tag", x: x + 8, y: 29 }, number));
        }
      },
    };
  }

  /** The newest exchange as an arrow from seat to seat. */
  function arrow() {
    const event = recording.events.at(-1);
    const [one, other] = [stage.view.target(event?.from), stage.view.target(event?.to)];
    if (!one || !other) {
      stage.view.above.replaceChildren();
      return;
    }
    const [a, b] = [stage.view.spot(one), stage.view.spot(other)];
    const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
    const [dx, dy] = [(b.x - a.x) / length, (b.y - a.y) / length];
    const [x, y] = [b.x - dx * 44, b.y - dy * 40];
    const angle = (Math.atan2(dy, dx) * 180) / Math.PI;
    stage.view.above.replaceChildren(
      node("path", { class: "flow-arrow", d: `M${a.x + dx * 40} ${a.y + dy * 38} ${x - dx * 12} ${y - dy * 12}` }),
      node("path", { class: "flow-head", d: "M0 0-22-11-22 11Z", transform: `translate(${x} ${y}) rotate(${angle})` }),
    );
  }

  const label = (event) => t("%(kind)s: %(from)s to %(to)s", {
    kind: wordOf(kindOf(event.kind)) || event.kind, from: stage.nameOf(event.from), to: stage.nameOf(event.to),
  });

  stage.show = () => {
    places = tally(recording.events);
    arrow();
    const present = stage.seats.filter((seat) => !seat.absent);
    const reached = present.filter((seat) => places.has(seat.id)).length;
    lastEntries(stage.list, recording, {
      title: t("Last exchanges"), lines: (event) => `${clockText(event.t ?? 0)} ${label(event)}`,
    });
    stage.list.prepend(el("p", { class: "stage-sum" }, t("%(n)s exchanges, %(reached)s of %(present)s pupils reached", {
      n: recording.events.length, reached, present: present.length,
    })));
  };

  onKey((key, event) => {
    if (event.ctrlKey || event.metaKey) return;
    if (/^[1-9]$/.test(key) && kinds[key - 1]) choose(kinds[key - 1].code);
    else if (key.toLowerCase() === "t") stage.view.focus("teacher");
    else if (key.toLowerCase() === "c") stage.view.focus("class");
    else if (key === "Escape") start(null);
  });
  start(null);
  stage.refresh();

  const ends = () => stage.view.targets.map(({ id }) => [id, stage.nameOf(id)]);
  return {
    label,
    blank: () => ({ from: "teacher", to: stage.seats[0]?.id ?? "class", kind: chosen }),
    form: (event) => {
      const [kindField, kind] = selectField("flow-kind", t("Kind of exchange"), kinds.map((item) => [item.code, wordOf(item)]), event.kind);
      const [fromField, one] = selectField("flow-from", t("From whom"), ends(), event.from);
      const [toField, other] = selectField("flow-to", t("To whom"), ends(), event.to);
      return {
        node: el("div", {}, kindField, fromField, toField),
        read: () => ({ kind: kind.value, from: one.value, to: other.value }),
      };
    },
  };
}
