// What is typed is kept: in this browser at once, on the server within two seconds.
// draft.js (official forms) and keep.js (every other form with a long field) say where it goes.

const SEND_AFTER = 1200;
const LONGEST_WAIT = 60000;
// A server that never answers must not hold the form for ever.
export const ANSWER_WITHIN = 20000;
// Browsers refuse larger requests from a page that is closing.
const LEAVING_BYTES = 60000;

export const lang = () => document.documentElement.lang || undefined;
export const pause = (time) => new Promise((done) => { setTimeout(done, time); });

/** Name and value pairs as the form would send them, in its order; no files and no passwords. */
export function pairsOf(form, skip) {
  const secret = new Set([...form.elements].filter((input) => input.type === "password").map((input) => input.name));
  return [...new FormData(form)]
    .filter(([name, value]) => typeof value === "string" && !skip.has(name) && !secret.has(name));
}

/** The pairs as the server rendered them: what was typed before this script ran counts as typed. */
function renderedPairs(form, skip) {
  const copy = form.cloneNode(true);
  copy.reset();
  return pairsOf(copy, skip);
}

/** Write pairs into the fields; names that are missing leave texts alone and untick boxes. */
export function fill(form, pairs, skip) {
  for (const input of form.elements) {
    if (!input.name || skip.has(input.name) || input.readOnly) continue;
    if (["submit", "button", "password", "file"].includes(input.type)) continue;
    const values = pairs.filter(([name]) => name === input.name).map(([, value]) => value);
    if (["radio", "checkbox"].includes(input.type)) input.checked = values.includes(input.value);
    else if (input.multiple) for (const option of input.options) option.selected = values.includes(option.value);
    else if (values.length) [input.value] = values;
  }
}

/** One form whose text is kept. Subclasses say which fields are no text (`skip`), what a request says besides
    the text (`envelope`), and what a copy, a conflict and a fresh token mean to them. */
export class Autosave {
  constructor(form, prefix, skip) {
    this.form = form;
    this.skip = skip;
    this.prefix = prefix;
    // Every page keeps its own copy: two tabs do not overwrite each other's.
    this.page = Date.now().toString(36) + Math.random().toString(36).slice(2, 10);
    this.key = `${prefix}:${this.page}`;
    this.failures = 0;
    this.state = "";
    this.onDevice = true;
    this.rendered = JSON.stringify(renderedPairs(form, skip));
    this.sent = this.rendered;
  }

  pairs() { return pairsOf(this.form, this.skip); }

  text() { return JSON.stringify(this.pairs()); }

  // -- the copy on the device; a full or forbidden storage must not stop the typing ----------------------

  keep(more = {}) {
    const copy = { version: this.version, at: new Date().toISOString(), pairs: this.pairs(), ...more };
    try {
      localStorage.setItem(this.key, JSON.stringify(copy));
      this.onDevice = true;
    } catch { this.onDevice = false; }
  }

  drop(key = this.key) { try { localStorage.removeItem(key); } catch { /* there is none */ } }

  /** Copies that other pages of this form left behind, the newest first. */
  left() {
    const copies = [];
    try {
      for (const key of Object.keys(localStorage)) {
        if (key === this.key || (key !== this.prefix && !key.startsWith(`${this.prefix}:`))) continue;
        copies.push({ ...JSON.parse(localStorage.getItem(key)), key });
      }
    } catch { /* no copies, or one that nobody can read */ }
    return copies.filter((copy) => Array.isArray(copy.pairs)).sort((a, b) => (a.at < b.at ? 1 : -1));
  }

  // -- sending -------------------------------------------------------------------------------------------

  changed() {
    this.keep();
    if (["conflict", "refused"].includes(this.state)) { this.show(this.state); return; }
    this.show(["offline", "login"].includes(this.state) ? this.state : "dirty");
    this.plan(this.failures ? this.wait() : SEND_AFTER);
  }

  plan(delay) { this.timer ??= setTimeout(() => this.send(), delay); }

  wait() { return Math.min(LONGEST_WAIT, 2000 * 2 ** (this.failures - 1)); }

  async send({ leaving = false, renewed = false } = {}) {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.sending || this.state === "conflict") return;
    // An attempt that got no answer may have arrived: it is repeated word for word, so that the server knows it again.
    const attempt = this.unanswered ?? { pairs: this.pairs(), version: this.version };
    const text = JSON.stringify(attempt.pairs);
    if (!this.unanswered && text === this.sent) {
      this.drop();
      if (this.state === "dirty") this.show("saved");
      return;
    }
    this.sending = true;
    this.unanswered = attempt;
    if (!this.failures) this.show("saving");
    const body = new URLSearchParams(this.envelope(attempt)).toString();
    let again = false;
    try {
      const response = await fetch(this.url, {
        method: "POST",
        body,
        headers: {
          "Content-Type": "application/x-www-form-urlencoded", "X-Requested-With": "draft", Accept: "application/json",
        },
        credentials: "same-origin",
        redirect: "manual",
        keepalive: leaving && body.length < LEAVING_BYTES,
        signal: AbortSignal.timeout(ANSWER_WITHIN),
      });
      again = await this.answered(response, text, renewed);
    } catch {
      this.failed("offline");
    }
    this.sending = false;
    if (again) await this.send({ renewed: true });
    else if (this.state === "saved" && this.text() !== this.sent) this.changed();
  }

  /** Returns true when it is worth trying again at once. */
  async answered(response, text, renewed) {
    if (response.ok) { this.saved(await response.json(), text); return false; }
    if (response.status >= 500) { this.failed("offline"); return false; }
    this.unanswered = null;
    if (response.status === 429) { this.failed("offline"); return false; }
    if (response.status === 409) { this.conflict(await response.json().catch(() => ({}))); return false; }
    const perhapsLoggedOut = response.type === "opaqueredirect" || [400, 401, 403].includes(response.status);
    if (!perhapsLoggedOut) { this.show("refused"); return false; }
    const renewal = renewed ? "refused" : await this.renew();
    if (renewal === "login") { this.failed("login"); this.notice("login", true); }
    if (renewal === "refused") this.show("refused");
    return renewal === "renewed";
  }

  saved(answer, text) {
    this.failures = 0;
    this.unanswered = null;
    this.version = answer.version;
    this.sent = text;
    if (this.text() === text) this.drop(); else this.keep();
    this.notice("login", false);
    this.show("saved", answer.saved_at);
  }

  failed(state) {
    this.failures += 1;
    this.show(state);
    this.plan(this.wait());
  }

  // -- telling -------------------------------------------------------------------------------------------

  notice(name, visible) {
    const notice = this.form.querySelector(`[data-draft-notice="${name}"]`);
    notice.hidden = !visible;
    return notice;
  }

  show(state, savedAt) {
    const box = this.form.querySelector("[data-draft-state]");
    const time = new Date(savedAt ?? Date.now())
      .toLocaleTimeString(lang(), { hour: "2-digit", minute: "2-digit", hour12: false });
    const nowhere = !this.onDevice && !["saved", "saving"].includes(state);
    const name = nowhere ? "nowhere" : state;
    const words = (box.dataset[`text${name[0].toUpperCase()}${name.slice(1)}`] ?? "").replace("{time}", time);
    box.dataset.draftState = state;
    box.querySelector("[data-draft-text]").textContent = words;
    // Screen readers hear news, not the coming and going between two keystrokes.
    const news = !["dirty", "saving"].includes(state) && name !== this.told;
    if (news) {
      this.told = name;
      this.form.querySelector("[data-draft-status]").textContent = words;
    }
    this.state = state;
  }

  // -- listening -----------------------------------------------------------------------------------------

  /** `submitting()` answers whether the page is being left by sending the form itself. */
  listen(submitting) {
    for (const event of ["input", "change", "rows-changed"]) this.form.addEventListener(event, () => this.changed());
    for (const event of ["online", "focus"]) {
      window.addEventListener(event, () => { if (this.failures) this.send(); });
    }
    const leave = () => { if (!submitting() && this.text() !== this.sent) this.send({ leaving: true }); };
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") leave(); });
    window.addEventListener("pagehide", leave);
    // Asked only when the last words would not leave with the page.
    window.addEventListener("beforeunload", (event) => {
      const stuck = this.failures > 0 || !this.onDevice || ["conflict", "refused"].includes(this.state);
      if (stuck && !submitting() && this.text() !== this.sent) event.preventDefault();
    });
    // Typed while the scripts were still on their way.
    if (this.text() !== this.sent) this.changed();
  }
}
