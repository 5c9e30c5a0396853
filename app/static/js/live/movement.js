/** Teacher movement: a tap is where the teacher is now; the next tap ends the stop. */
import { node } from "./plan.js";
import { extent, teacherSpot } from "./room.js";
import { PARTS, SHAPES, Stage, choices, lastEntries, pressed, selectField, turns } from "./stage.js";
import { buzz, clockText, el, keep, onKey, say } from "./ui.js";
import { t } from "./words.js";

const REASONS = ["patrol", "help", "manage", "handout", "other"];
const round = (value) => Math.round(value * 4) / 4;

/** Free places round the seats, so that the keyboard reaches them too. */
function spots({ seats }) {
  const { x0, x1, y0, y1 } = extent(seats);
  const middle = { x: (x0 + x1) / 2, y: (y0 + y1) / 2 };
  return [
    ["front-left", x0, y0 - 1], ["front-right", x1, y0 - 1], ["left", x0 - 1, middle.y], ["right", x1 + 1, middle.y],
    ["back-left", x0, y1 + 1], ["back", middle.x, y1 + 1], ["back-right", x1, y1 + 1],
  ].map(([id, x, y]) => ({ id, kind: "spot", text: t(`place ${id}`), x, y }));
}

export function open(recording, place) {
  const desk = teacherSpot(recording.head.plan);
  const stage = new Stage(recording, place, {
    name: "move",
    parts: true,
    extra: [{ id: "desk", kind: "spot", text: t("furniture desk"), ...desk }, ...spots(recording.head.plan)],
    dress,
    press: (target) => go({ x: target.x, y: target.y, seat: target.text ? null : target.id }),
    floor: ({ x, y }) => go({ x: round(x), y: round(y), seat: null }),
  });
  const here = () => recording.events.at(-1);
  const now = el("p", { class: "move-now", "aria-live": "polite" });
  const dwell = el("p", { class: "move-dwell" });
  const contact = el("button", { type: "button", class: "stage-key move-contact", "aria-pressed": "false", onclick: touch },
    t("Speaks with or helps a pupil here"), el("kbd", { "aria-hidden": "true" }, "0"));
  const reasons = choices(t("Reason of the stop"), REASONS.map((reason, n) => [reason, el("span", {}, t(`reason ${reason}`)),
    el("kbd", { "aria-hidden": "true" }, n + 1)]), why, "move-reason");
  const hint = el("p", { class: "stage-hint" }, t("Tap where the teacher is. A second tap on the same place notes a contact."));
  stage.keys.append(el("div", { class: "move-head" }, now, dwell), contact, reasons, hint);

  const same = (event, point) => event && event.x === point.x && event.y === point.y;

  const inTurn = turns(recording);

  function go(point) {
    const when = pressed(recording);
    buzz();
    inTurn(async () => {
      if (same(here(), point)) await noteContact();
      else await keep(recording.put({ ...when, ...point, contact: false, reason: "", part: stage.part }));
      if (here()) say(label(here()));
    });
  }

  async function noteContact() {
    const event = here();
    if (event) await keep(recording.put({ id: event.id, contact: !event.contact }));
  }

  function touch() {
    buzz();
    inTurn(async () => {
      await noteContact();
      say(t(here()?.contact ? "contact" : "no contact"));
    });
  }

  function why(reason) {
    inTurn(async () => {
      const event = here();
      if (!event) return;
      await keep(recording.put({ id: event.id, reason: event.reason === reason ? "" : reason }));
      say(label(here()));
    });
  }

  const placeName = (event) => {
    if (event.seat) return stage.nameOf(event.seat);
    return stage.view.extra.find((spot) => same(event, spot))?.text ?? t("Free place, column %(x)s, row %(y)s", { x: event.x + 1, y: event.y + 1 });
  };

  function label(event) {
    const parts = [placeName(event)];
    if (event.contact) parts.push(t("contact"));
    if (event.reason) parts.push(t(`reason ${event.reason}`));
    return parts.join(t(", "));
  }

  /** How long the teacher stayed: until the next entry, or until now. */
  function stay(event) {
    const next = recording.events[recording.events.indexOf(event) + 1];
    return Math.max(0, (next ? next.t : recording.head.length_ms ?? recording.elapsed) - event.t);
  }

  let visits = new Map(); // seat -> {n, contacts}
  function dress(target) {
    const { n = 0, contacts = 0 } = visits.get(target.id) ?? {};
    const at = same(here(), target);
    const words = [stage.view.name(target)];
    if (n) words.push(t("%(n)s stops", { n }));
    if (contacts) words.push(t("%(n)s contacts", { n: contacts }));
    if (at) words.push(t("the teacher is here"));
    return { label: words.join(t(", ")), classes: [...(n ? ["is-reached"] : []), ...(at ? ["is-next"] : [])] };
  }

  /** The path, one colour and dash for each part, and a numbered sign for each stop. */
  function path() {
    const lines = [];
    const signs = [];
    recording.events.forEach((event, n, all) => {
      const part = event.part ?? 1;
      const to = stage.view.spot(event);
      if (n) {
        const from = stage.view.spot(all[n - 1]);
        lines.push(node("path", { class: `move-line part-${part}`, d: `M${from.x} ${from.y} ${to.x} ${to.y}` }));
      }
      const sign = node("g", { class: `move-stop part-${part}${event.contact ? " is-contact" : ""}${n === all.length - 1 ? " is-here" : ""}`, transform: `translate(${to.x + 24} ${to.y + 22})` });
      sign.append(SHAPES[part](n === all.length - 1 ? 20 : 15), node("text", {}, String(n + 1)));
      signs.push(sign);
    });
    stage.view.above.replaceChildren(...lines, ...signs);
  }

  function tick() {
    const event = here();
    dwell.textContent = event ? t("Here for %(time)s", { time: clockText(stay(event)) }) : "";
  }

  stage.show = () => {
    visits = new Map();
    for (const { seat, contact: touched } of recording.events) {
      if (!seat) continue;
      const sum = visits.get(seat) ?? visits.set(seat, { n: 0, contacts: 0 }).get(seat);
      sum.n += 1;
      sum.contacts += Number(touched);
    }
    const event = here();
    now.textContent = event ? label(event) : t("Tap where the teacher is.");
    contact.setAttribute("aria-pressed", Boolean(event?.contact));
    for (const button of [contact, ...reasons.children]) button.disabled = !event;
    reasons.set(event?.reason);
    hint.hidden = recording.events.length > 2;
    path();
    tick();
    lastEntries(stage.list, recording, {
      title: t("Last stops"),
      lines: (stop) => `${clockText(stop.t ?? 0)} ${label(stop)} (${clockText(stay(stop))})`,
    });
    const present = stage.seats.filter((seat) => !seat.absent);
    stage.list.prepend(el("p", { class: "stage-sum" }, t("%(n)s stops, at %(reached)s of %(present)s seats", {
      n: recording.events.length, reached: present.filter((seat) => visits.has(seat.id)).length, present: present.length,
    })));
  };

  setInterval(tick, 1000);
  onKey((key, event) => {
    if (event.ctrlKey || event.metaKey) return;
    if (/^[1-5]$/.test(key)) why(REASONS[key - 1]);
    else if (key === "0") touch();
  });
  stage.refresh();

  return {
    label,
    blank: () => ({ x: desk.x, y: desk.y, seat: null, contact: false, reason: "" }),
    form: (event) => {
      const targets = stage.view.targets;
      const at = targets.find((target) => (event.seat ? target.id === event.seat : target.text && same(event, target)));
      const [placeField, where] = selectField("move-place", t("Place"),
        [...(at ? [] : [["", placeName(event)]]), ...targets.map(({ id }) => [id, stage.nameOf(id)])], at?.id ?? "");
      const [reasonField, reason] = selectField("move-why", t("Reason of the stop"), ["", ...REASONS].map((name) => [name, t(`reason ${name}`)]), event.reason);
      const [contactField, touched] = selectField("move-contact", t("Contact"), [["no", t("no contact")], ["yes", t("contact")]], event.contact ? "yes" : "no");
      const [partField, part] = selectField("move-part", t("Part of the lesson"), PARTS.map((n) => [n, String(n)]), event.part ?? 1);
      return {
        node: el("div", {}, placeField, contactField, reasonField, partField),
        read: () => {
          const target = targets.find(({ id }) => id === where.value);
          const point = target ? { x: target.x, y: target.y, seat: target.text ? null : target.id } : {};
          return { ...point, contact: touched.value === "yes", reason: reason.value, part: Number(part.value) };
        },
      };
    },
  };
}
