/** Verbatim and anecdotal records: one key stamps the time, the words come now or later and keep themselves. */

import { $, clockOf, clockText, el, keep, onKey, say, timeText } from "./ui.js";
import { t } from "./words.js";

const REST = 300; // a pause in typing, after which the words are kept
const LONGEST = 2000; // and at the latest after this, while somebody types on

/** The judging words of `words` that stand outside of quotation marks, as in `app/instruments/anecdotal.py`:
    what somebody said is a fact. Chinese ones anywhere, others as whole words; the longest that fits. */
export function judging(text, words) {
  if (!words.length) return [];
  const plain = text.replace(/「[^」]*」|『[^』]*』|“[^”]*”|"[^"]*"/g, " ");
  const parts = [...words].sort((a, b) => b.length - a.length).map((word) => (
    /^\w/.test(word) ? `(?<!\\w)${word}(?!\\w)` : word
  ));
  return [...new Set([...plain.matchAll(new RegExp(parts.join("|"), "gi"))].map(([found]) => found))];
}

const seconds = (ms) => ((ms ?? null) === null ? "" : String(ms / 1000));
const milliseconds = (text) => {
  const value = Number(text.normalize("NFKC").replace(",", "."));
  return text.trim() && Number.isFinite(value) && value >= 0 ? Math.round(value * 1000) : null;
};

export function open(recording, stage) {
  const { blank, first, facts, judging: suspects } = JSON.parse($("#live-notes").textContent);
  stage.append($("template[data-parts]").content.cloneNode(true));
  const list = $("[data-notes]", stage);
  const rows = new Map();
  // The kinds are the record's own, so that a change of the lists later does not rename what was written.
  const kinds = (recording.head.rule.kinds ?? []).map((kind) => el("option", { value: kind.code }, kind[t("lang")]));
  $("template[data-row]").content.querySelector('[data-field="kind"]')?.append(...kinds);

  /** Fill in, read and watch the fields of one entry. */
  class Fields {
    constructor(node) {
      this.node = node;
      this.inputs = [...node.querySelectorAll("[data-field]")];
      for (const name of facts) this.input(name)?.addEventListener("input", () => this.point());
    }

    input(name) { return $(`[data-field="${name}"]`, this.node); }

    fill(event) {
      for (const input of this.inputs) {
        const value = event[input.dataset.field];
        const text = "seconds" in input.dataset ? seconds(value) : value ?? "";
        if (input.value !== text) input.value = text;
      }
      this.point();
    }

    read() {
      return Object.fromEntries(this.inputs.map((input) => [
        input.dataset.field, "seconds" in input.dataset ? milliseconds(input.value) : input.value,
      ]));
    }

    /** Judging words in a column of facts are pointed at; nothing is refused. */
    point() {
      for (const name of facts) {
        const found = judging(this.input(name).value, suspects);
        const note = $(`[data-judging="${name}"]`, this.node);
        note.hidden = !found.length;
        note.textContent = found.length ? t("judging", { words: found.join(t(", ")) }) : "";
      }
    }
  }

  class Row extends Fields {
    constructor(id) {
      super($("template[data-row]").content.cloneNode(true).firstElementChild);
      this.id = id;
      this.writing = 0;
      this.node.dataset.note = id;
      this.node.addEventListener("input", () => this.typed());
      this.node.addEventListener("change", () => this.save());
      this.node.addEventListener("focusout", () => this.save());
      $("[data-row-drop]", this.node).addEventListener("click", () => this.drop());
      $("[data-row-time]", this.node).addEventListener("click", () => stage.dispatchEvent(new CustomEvent("timeline", { detail: id })));
      $("[data-row-end]", this.node)?.addEventListener("click", () => this.save({ t_end: recording.elapsed }));
    }

    show(event) {
      const until = (event.t_end ?? null) === null ? "" : `–${clockText(event.t_end)}`;
      const time = $("[data-row-time]", this.node);
      time.textContent = timeText(event) + until;
      time.setAttribute("aria-label", t("time of", { time: timeText(event) + until }));
      this.node.setAttribute("aria-label", t("entry", { time: timeText(event) }));
      // Words that are typed and not on the disk yet are not written over.
      if (this.since || this.writing) return;
      this.event = event;
      this.fill(event);
    }

    typed() {
      const now = performance.now();
      this.since ??= now;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.save(), Math.max(0, Math.min(REST, this.since + LONGEST - now)));
    }

    async save(more = {}) {
      clearTimeout(this.timer);
      this.since = null;
      const now = { ...this.read(), ...more };
      if (!rows.has(this.id) || Object.entries(now).every(([name, value]) => value === (this.event[name] ?? blank[name]))) return;
      // Known at once, so that the next save compares with it even while this one is being written.
      this.event = { ...this.event, ...now };
      this.writing += 1;
      const kept = await keep(recording.put({ id: this.id, ...now }));
      this.writing -= 1;
      if (kept || !rows.has(this.id)) return;
      // Still only on the screen: tried again.
      this.event = recording.events.find(({ id }) => id === this.id) ?? this.event;
      this.since = performance.now();
      this.timer = setTimeout(() => this.save(more), LONGEST);
    }

    async drop() {
      clearTimeout(this.timer);
      await keep(recording.drop(this.id));
      $("[data-stamp]", stage).focus();
    }
  }

  const saveAll = () => { for (const row of rows.values()) if (row.since) row.save(); };
  for (const event of ["pagehide", "blur"]) addEventListener(event, saveAll);
  document.addEventListener("visibilitychange", saveAll);
  stage.addEventListener("finish", saveAll);

  function show() {
    const { events } = recording;
    const known = new Set(events.map(({ id }) => id));
    for (const [id, row] of rows) {
      if (known.has(id)) continue;
      row.node.remove();
      rows.delete(id);
    }
    events.forEach((event, n) => {
      if (!rows.has(event.id)) rows.set(event.id, new Row(event.id));
      const row = rows.get(event.id);
      row.show(event);
      // A row is only moved when it must be: moving takes the focus away from who types in it.
      if (list.children[n] !== row.node) list.insertBefore(row.node, list.children[n] ?? null);
    });
    $("[data-notes-empty]", stage).hidden = events.length > 0;
  }

  async function stamp({ focus = false } = {}) {
    if (recording.clock.paused) return;
    const event = await keep(recording.put({ ...blank }));
    if (!event) return;
    const row = rows.get(event.id);
    row.node.scrollIntoView({ block: "nearest" });
    if (focus) row.input(first).focus();
    say(t("stamped", { time: clockText(event.t) }));
  }

  $("[data-stamp]", stage).addEventListener("click", (event) => stamp({ focus: event.detail === 0 }));
  onKey((key, event) => {
    if ((key !== "Enter" && key !== " ") || event.target.closest("button, a, summary")) return;
    event.preventDefault();
    stamp({ focus: true });
  });
  stage.addEventListener("keydown", (event) => {
    // Enter that ends the choice of a character belongs to the input method.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    if (event.target.dataset.field !== first) return;
    event.preventDefault();
    if (recording.head.ended_at || recording.clock.paused || event.repeat) return;
    event.target.blur();
    stamp({ focus: true });
  });
  recording.addEventListener("change", show);
  show();

  return {
    stays: true,
    label: (event) => [event.speaker && $(`template[data-row]`).content.querySelector(`option[value="${event.speaker}"]`)?.textContent,
      event.text, event.teacher, event.pupil, event.note].filter(Boolean).join(" · ") || t("empty note"),
    blank: () => ({ ...blank }),
    form: (event) => {
      const node = $("template[data-row]").content.cloneNode(true).firstElementChild;
      $(".note-head", node).querySelectorAll("button").forEach((button) => button.remove());
      const box = el("div", { class: "note-form" }, ...node.children);
      const fields = new Fields(box);
      fields.fill(event);
      const end = "t_end" in blank ? endField(event) : null;
      if (end) box.prepend(end);
      return {
        node: box,
        read: () => ({ ...fields.read(), ...(end ? { t_end: clockOf($("input", end).value) } : {}) }),
      };
    },
  };

  function endField(event) {
    const value = (event.t_end ?? null) === null ? "" : clockText(event.t_end);
    return el("label", { class: "field" }, el("span", { class: "form-label" }, t("End")),
      el("input", { class: "form-control input-short", value, pattern: "\\d+:[0-5]?\\d(\\.\\d+)?" }));
  }
}
