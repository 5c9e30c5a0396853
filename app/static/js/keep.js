// Every other form with a long field: its text is kept on the server under a key until the form is saved, and
// comes back by itself. `components/keep.html` switches it on for the form around it.

import { ANSWER_WITHIN, Autosave, fill, lang, pause } from "./autosave.js";
import { setRows } from "./rows.js";

const SKIP = new Set(["csrf_token", "_keep", "_preview", "_add_another", "_continue_editing"]);

class Keep extends Autosave {
  constructor(form, box) {
    super(form, `keep:${box.dataset.keepUser}:${box.dataset.keep}`, SKIP);
    this.box = box;
    this.url = box.dataset.keepUrl;
    this.version = Number(box.dataset.keepVersion);
    this.seen = form.elements.version?.value;
    // What a refused save shows again is stored nowhere yet.
    if ("keepRefused" in box.dataset) this.sent = "";
  }

  get token() { return this.form.elements.csrf_token; }

  /** A text that is back where the page began needs no keeping. */
  envelope({ pairs, version }) {
    const text = JSON.stringify(pairs);
    const back = text === this.rendered && !("keepRefused" in this.box.dataset);
    return [["csrf_token", this.token.value], ["user", this.box.dataset.keepUser], ["version", version],
      ["pairs", back ? "[]" : text]];
  }

  /** What was typed before comes back; of texts that differ the newest, the others are offered beside it. */
  restore() {
    const copies = this.left().filter((copy) => {
      const same = JSON.stringify(copy.pairs) === this.text();
      if (same) this.drop(copy.key);
      return !same;
    });
    const stored = JSON.parse(this.box.dataset.keepStored || "null");
    // A copy on the device that went on from the stored text replaces it.
    const known = stored && !copies.some((copy) => copy.version === stored.version && copy.at > stored.at);
    const texts = [...(known ? [stored] : []), ...copies].sort((a, b) => (a.at < b.at ? 1 : -1));
    const typedAlready = this.text() !== this.rendered || "keepRefused" in this.box.dataset;
    if (texts.length && !typedAlready) {
      const [first] = texts.splice(0, 1);
      this.take(first.pairs);
      if (first === stored) this.sent = this.text(); else this.drop(first.key);
      this.tellRestored(first);
    }
    this.others = texts.filter((one) => {
      const same = JSON.stringify(one.pairs) === this.text();
      // It reached the server, only the page did not live to hear of it.
      if (same && one.key) this.drop(one.key);
      return !same;
    });
    // What lies on the server is not written over before somebody has chosen.
    if (this.others.includes(stored)) this.show("conflict");
    if (this.others.length) this.offer();
  }

  take(pairs) {
    setRows(this.form, pairs);
    fill(this.form, pairs, this.skip);
  }

  tellRestored(copy) {
    const notice = this.notice("restored", true);
    const heading = notice.querySelector("strong");
    heading.textContent = heading.dataset.text.replace("{time}", new Date(copy.at).toLocaleString(lang()));
    this.show("saved", copy.at);
    notice.querySelector("[data-keep-discard]").onclick = () => {
      this.take(JSON.parse(this.rendered));
      if (this.seen !== undefined) this.form.elements.version.value = this.seen;
      notice.hidden = true;
      this.changed();
    };
  }

  conflict({ theirs }) {
    if (!theirs) { this.failed("offline"); return; }
    this.others = [theirs];
    this.show("conflict");
    this.offer();
  }

  /** Both texts side by side, a choice for each field. */
  offer() {
    const [other, ...rest] = this.others;
    const notice = this.notice("other", true);
    const list = notice.querySelector("[data-keep-fields]");
    const field = notice.querySelector("template").content;
    list.replaceChildren();
    for (const [name, label] of this.differing(other.pairs)) {
      const row = field.cloneNode(true);
      row.querySelector("legend").textContent = label;
      for (const side of row.querySelectorAll("[data-side]")) {
        const radio = side.querySelector("input");
        // Outside the form's own names: the choice is no answer.
        radio.setAttribute("form", "no-form");
        radio.name = `choose-${name}`;
        radio.dataset.field = name;
        const pairs = side.dataset.side === "mine" ? this.pairs() : other.pairs;
        side.querySelector(".read-text").textContent = this.read(name, pairs) || side.dataset.empty;
      }
      list.append(row);
    }
    notice.querySelector("[data-keep-choose]").onclick = () => {
      const theirs = [...list.querySelectorAll("input:checked")]
        .filter((radio) => radio.value === "theirs").map((radio) => radio.dataset.field);
      const mine = this.pairs().filter(([name]) => !theirs.includes(name));
      this.take([...mine, ...other.pairs.filter(([name]) => theirs.includes(name))]);
      if (other.key) this.drop(other.key); else this.version = other.version;
      this.others = rest;
      notice.hidden = true;
      this.show("dirty");
      this.changed();
      if (rest.length) this.offer();
    };
  }

  /** [name, label] of every field that says something else in `pairs`. */
  differing(pairs) {
    const names = new Set([...this.pairs(), ...pairs].map(([name]) => name));
    const mine = this.pairs();
    return [...names]
      .filter((name) => this.read(name, mine) !== this.read(name, pairs))
      .map((name) => [name, this.label(name)])
      .filter(([, label]) => label);
  }

  inputs(name) { return [...this.form.elements].filter((input) => input.name === name && input.type !== "hidden"); }

  label(name) {
    const [input] = this.inputs(name);
    if (!input) return "";
    const group = ["radio", "checkbox"].includes(input.type) && this.inputs(name).length > 1;
    const label = group ? input.closest("fieldset")?.querySelector("legend") : input.labels?.[0];
    const text = label?.cloneNode(true);
    text?.querySelectorAll(".req, .visually-hidden, input").forEach((part) => part.remove());
    return text?.textContent.trim() || input.getAttribute("aria-label") || name;
  }

  /** The value as a person reads it. */
  read(name, pairs) {
    const values = pairs.filter(([one]) => one === name).map(([, value]) => value);
    const words = (value) => {
      for (const input of this.inputs(name)) {
        if (input.options) return [...input.options].find((option) => option.value === value)?.text ?? value;
        if (["radio", "checkbox"].includes(input.type) && input.value === value) {
          return input.labels?.[0]?.textContent.trim() || value;
        }
      }
      return value;
    };
    return values.map(words).join("\n").replaceAll("\r\n", "\n");
  }

  /** A token for whoever is logged in now; the text waits when that is nobody, or somebody else. */
  async renew() {
    const answer = await fetch(this.url, {
      headers: { "X-Requested-With": "draft", Accept: "application/json" },
      credentials: "same-origin", redirect: "manual", signal: AbortSignal.timeout(ANSWER_WITHIN),
    });
    if (!answer.ok) return "login";
    const { user, csrf } = await answer.json();
    if (String(user) !== this.box.dataset.keepUser) return "login";
    this.token.value = csrf;
    return "renewed";
  }
}

/** Forms that the server took say so in a cookie: their copies on this device go. */
function dropArrived() {
  for (const cookie of document.cookie.split("; ")) {
    const [, page] = cookie.match(/^kept-(\w+)=/) ?? [];
    if (!page) continue;
    document.cookie = `kept-${page}=; Max-Age=0; Path=/; SameSite=Lax`;
    try {
      for (const key of Object.keys(localStorage)) {
        if (key.startsWith("keep:") && key.endsWith(`:${page}`)) localStorage.removeItem(key);
      }
    } catch { /* no storage, no copies */ }
  }
}

dropArrived();
for (const box of document.querySelectorAll("[data-keep]")) {
  const form = box.closest("form");
  const keep = new Keep(form, box);
  let submitting = false;
  keep.restore();
  keep.listen(() => submitting);
  form.addEventListener("submit", async (event) => {
    if (event.defaultPrevented) return;
    // A text on its way would come after the saving, and be taken for another window's.
    if (keep.sending) {
      event.preventDefault();
      while (keep.sending) await pause(50);
      form.requestSubmit(event.submitter);
      return;
    }
    clearTimeout(keep.timer);
    keep.timer = undefined;
    submitting = true;
    // What the server took ends under this name; what it refused is known to go on from this version.
    form.elements._keep.value = `${box.dataset.keep}:${keep.page}:${keep.version}`;
    // Until the server says that it took the form, this is the only copy of the last words.
    if (keep.text() !== keep.sent) keep.keep();
  });
  window.addEventListener("pageshow", ({ persisted }) => {
    submitting = false;
    if (persisted && keep.text() === keep.sent) location.reload();
  });
}
