/** Flanders: ten keys, a quiet beat, a strip of the last codes; what was missed is shown as a gap, never filled in. */

import { $, ask, buzz, clockText, el, keep, onKey, say, wantsBuzz } from "./ui.js";
import { t } from "./words.js";

const STRIP = 20;
const GROUPS = { 1: "indirect", 2: "indirect", 3: "indirect", 4: "indirect", 5: "direct", 6: "direct", 7: "direct", 8: "pupil", 9: "pupil", 10: "silence" };
const names = JSON.parse($("#live-categories").textContent);

/** The codes of a plain list, parted as in `app/instruments/flanders.py`; throws an Error that says what is wrong. */
export function parseCodes(text) {
  const tokens = text.normalize("NFKC").match(/[^\s,;、]+/g) ?? [];
  if (!tokens.length) throw new Error(t("no codes"));
  return tokens.map((found, n) => {
    if (!/^(0?[1-9]|10)$/.test(found)) throw new Error(t("bad code", { n: n + 1, found }));
    return Number(found);
  });
}

/** The beats without a code: [{after: id or null, from, to, beats}], from the start on; untimed codes have none. */
export function gapsOf(events, beat, until = null) {
  const timed = events.filter((event) => (event.t ?? null) !== null);
  if (!timed.length) return [];
  const gaps = [];
  const look = (after, from, to) => {
    if (to - from > 1.5 * beat) gaps.push({ after, from, to, beats: Math.max(1, Math.round((to - from) / beat) - 1) });
  };
  look(null, 0, timed[0].t);
  timed.forEach((event, n) => look(event.id, event.t, timed[n + 1]?.t ?? Math.max(until ?? 0, event.t)));
  return gaps;
}

const label = ({ code }) => `${code} ${names[code]}`;
const mark = (code) => el("b", { class: `fl-mark fl-${GROUPS[code]}` }, String(code));

/** The list of codes that the start panel was given, as events without times; null when it holds something else. */
export function listed(form) {
  const field = form.elements.codes;
  const error = $("[data-codes-error]", form);
  error.hidden = true;
  field.removeAttribute("aria-invalid");
  if (!field.value.trim()) return [];
  try {
    return parseCodes(field.value).map((code) => ({ t: null, code }));
  } catch ({ message }) {
    error.hidden = false;
    $("span", error).textContent = message;
    field.setAttribute("aria-invalid", "true");
    field.focus();
    return null;
  }
}

export function open(recording, stage) {
  stage.append($("template[data-parts]").content.cloneNode(true));
  const beat = recording.head.rule.beat_s * 1000;
  const strip = $("[data-strip]", stage);
  const gapButton = $("[data-gaps]", stage);

  // -- pressing --------------------------------------------------------------------------------------------

  /** One press, one code; held down, one more on each beat. */
  const press = (code) => {
    if (recording.clock.paused || recording.head.ended_at) return;
    keep(recording.put({ code }));
    const key = $(`[data-code="${code}"]`, stage);
    key.classList.remove("is-hit");
    // Reading the layout starts the short flash anew.
    void key.offsetWidth;
    key.classList.add("is-hit");
    say(`${code} ${names[code]}`);
  };
  let held = 0;
  const hold = (code) => {
    release();
    press(code);
    held = setInterval(() => press(code), beat);
  };
  function release() { clearInterval(held); }

  let touched = 0;
  stage.addEventListener("pointerdown", (event) => {
    const key = event.target.closest("[data-code]");
    if (!key || event.button > 0) return;
    touched = performance.now();
    hold(Number(key.dataset.code));
  });
  for (const end of ["pointerup", "pointercancel", "blur", "pagehide"]) addEventListener(end, release);
  stage.addEventListener("contextmenu", (event) => { if (event.target.closest("[data-code]")) event.preventDefault(); });
  // Enter, Space and screen readers click without a finger.
  stage.addEventListener("click", (event) => {
    const key = event.target.closest("[data-code]");
    if (key && (event.detail === 0 || performance.now() - touched > 1000)) press(Number(key.dataset.code));
  });
  stage.addEventListener("keydown", (event) => {
    if (event.repeat && event.target.closest("[data-code]")) event.preventDefault();
  });
  let down = "";
  onKey((key, event) => {
    if (!/^[0-9]$/.test(key) || event.ctrlKey || event.metaKey) return;
    down = key;
    hold(Number(key) || 10);
  });
  addEventListener("keyup", ({ key }) => { if (key === down) release(); });

  // -- showing ---------------------------------------------------------------------------------------------

  const gaps = () => gapsOf(recording.events, beat, recording.head.ended_at ? recording.head.length_ms : recording.elapsed);
  const chip = (event) => el("li", {}, el("button", {
    type: "button", class: "fl-chip", "aria-label": `${t("Change")}: ${label(event)}`,
    onclick: () => stage.dispatchEvent(new CustomEvent("timeline", { detail: event.id })),
  }, mark(event.code)));
  const gapChip = (gap) => el("li", {}, el("button", {
    type: "button", class: "fl-chip fl-gap", "aria-label": t("fill gap", { n: gap.beats, time: clockText(gap.from) }), onclick: () => fill(gap),
  }, `?${gap.beats > 1 ? `×${gap.beats}` : ""}`));

  let shown = "";
  const show = () => {
    const { events } = recording;
    const all = gaps();
    const last = events.slice(-STRIP);
    const key = JSON.stringify([events.length, last.map(({ id, code }) => [id, code]), all.map((gap) => gap.beats)]);
    if (key === shown) return;
    shown = key;
    const after = new Map(all.map((gap) => [gap.after, gap]));
    const first = last.length === events.length && after.has(null) ? [gapChip(after.get(null))] : [];
    strip.replaceChildren(...first, ...last.flatMap((event) => [chip(event), ...(after.has(event.id) ? [gapChip(after.get(event.id))] : [])]));
    strip.scrollLeft = strip.scrollWidth;
    $("[data-total]", stage).textContent = events.length;
    const beats = all.reduce((sum, gap) => sum + gap.beats, 0);
    gapButton.hidden = !beats;
    gapButton.textContent = t("gaps", { n: beats });
  };
  gapButton.addEventListener("click", () => {
    const worst = gaps().reduce((most, gap) => (gap.beats > most.beats ? gap : most));
    stage.dispatchEvent(new CustomEvent("timeline", { detail: worst.after ?? recording.events[0].id }));
  });
  recording.addEventListener("change", show);
  show();

  // -- the beat --------------------------------------------------------------------------------------------

  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const ring = $("[data-ring]", stage);
  const buzzBox = $("[data-buzz]", stage);
  buzzBox.checked = wantsBuzz();
  buzzBox.closest("label").hidden = !navigator.vibrate;
  buzzBox.addEventListener("change", () => { wantsBuzz(buzzBox.checked); buzz(); });
  let beats = 0;
  // Ten times a second is smooth enough, and spares the battery of a telephone through a lesson.
  setInterval(() => {
    if (!recording.running) return;
    const at = recording.elapsed;
    const share = (at % beat) / beat;
    // Without motion the ring is only drawn full in the first part of a beat.
    ring.style.strokeDashoffset = calm.matches ? (share < 0.3 ? 0 : 100) : 100 * (1 - share);
    const now = Math.floor(at / beat);
    if (now === beats) return;
    beats = now;
    buzz();
    show();
  }, 100);

  // -- corrections -----------------------------------------------------------------------------------------

  /** Spread remembered codes over the beats of a gap, in their order, inside it. */
  async function fill(gap) {
    const field = el("input", { class: "form-control", id: "live-fill", autocomplete: "off", inputmode: "text", required: true });
    const body = el("div", {}, el("p", {}, t("fill text")), el("div", { class: "field" }, el("label", { class: "form-label", for: "live-fill" }, t("Code")), field));
    field.addEventListener("input", () => field.setCustomValidity(wrong(field.value)));
    if (!(await ask({ title: t("fill gap", { n: gap.beats, time: clockText(gap.from) }), body, yes: t("Fill") }))) return;
    const codes = parseCodes(field.value);
    const step = Math.min(beat, (gap.to - gap.from) / (codes.length + 1));
    // Before the first code there is no earlier one to count from: the beats lead up to it.
    const { part = 1 } = recording.events.find(({ id }) => id === gap.after) ?? {};
    await keep(recording.putAll(codes.map((code, n) => ({ code, part, t: Math.round(gap.from + step * (n + (gap.after ? 1 : 0))) }))));
  }

  function wrong(text) {
    try {
      parseCodes(text);
      return "";
    } catch ({ message }) { return message; }
  }

  async function paste() {
    const body = $("template[data-paste]").content.cloneNode(true);
    const field = $("textarea", body);
    const timed = recording.events.some((event) => (event.t ?? null) !== null);
    if (timed) $(".field", body).prepend(el("p", {}, t("paste timed")));
    field.addEventListener("input", () => field.setCustomValidity(wrong(field.value)));
    if (!(await ask({ title: t("Paste codes"), body, yes: t("Save") }))) return;
    await keep(recording.putAll(parseCodes(field.value).map((code) => ({ t: null, code }))));
  }

  return {
    label,
    mark: ({ code }) => mark(code),
    name: ({ code }) => names[code],
    blank: () => ({ code: 10 }),
    form: (event) => {
      const select = el("select", { class: "form-select", id: "live-code" },
        ...Object.entries(names).map(([code, name]) => el("option", { value: code, selected: Number(code) === event.code }, `${code} ${name}`)));
      const node = el("div", { class: "field" }, el("label", { class: "form-label", for: "live-code" }, t("Code")), select);
      return { node, read: () => ({ code: Number(select.value) }) };
    },
    gaps,
    gapRow: (gap) => el("li", { class: "live-event live-event-gap" },
      el("span", { class: "live-event-time" }, clockText(gap.from)), el("span", { class: "live-event-what" }, t("gap", { n: gap.beats })),
      el("button", { type: "button", class: "btn btn-secondary btn-sm", "aria-label": t("fill gap", { n: gap.beats, time: clockText(gap.from) }), onclick: () => fill(gap) }, t("Fill"))),
    tools: [el("button", { type: "button", class: "btn btn-quiet btn-sm", onclick: paste }, t("Paste codes"))],
  };
}
