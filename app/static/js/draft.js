// Drafts: every keystroke is kept on the device at once and on the server within two seconds.
// The copy on the device goes when the server has acknowledged it.

import { refresh } from "./fields.js";
import { setRowCount } from "./rows.js";

const SEND_AFTER = 1500;
const LONGEST_WAIT = 60000;
const NOT_ANSWERS = new Set(["csrf_token", "version"]);

class Draft {
  constructor(form) {
    this.form = form;
    this.key = `draft:${form.dataset.draftKey}`;
    this.failures = 0;
    this.state = "";
    this.sent = this.text();
  }

  get version() { return this.form.elements.version.value; }

  pairs() { return [...new FormData(this.form)].filter(([name]) => !NOT_ANSWERS.has(name)); }

  text() { return JSON.stringify(this.pairs()); }

  // -- the copy on the device; a full or forbidden storage must not stop the typing ----------------------

  keep(more = {}) {
    const copy = { version: this.version, at: new Date().toISOString(), pairs: this.pairs(), ...more };
    try { localStorage.setItem(this.key, JSON.stringify(copy)); } catch { /* the server copy remains */ }
  }

  drop() { try { localStorage.removeItem(this.key); } catch { /* as above */ } }

  kept() { try { return JSON.parse(localStorage.getItem(this.key)); } catch { return null; } }

  offerCopy() {
    const copy = this.kept();
    if (!copy) return;
    const arrived = copy.submitted && copy.version !== this.version;
    if (arrived || JSON.stringify(copy.pairs) === this.text()) { this.drop(); return; }
    const notice = this.notice("restore", true);
    const heading = notice.querySelector("strong");
    heading.textContent = heading.dataset.text.replace("{time}", new Date(copy.at).toLocaleString(lang()));
    notice.addEventListener("click", ({ target }) => {
      const choice = target.closest("[data-restore]")?.dataset.restore;
      if (!choice) return;
      if (choice === "take") this.take(copy); else this.drop();
      notice.hidden = true;
    });
  }

  take(copy) {
    const names = copy.pairs.map(([name]) => name);
    for (const repeat of this.form.querySelectorAll("[data-repeat]")) {
      const rows = names.map((name) => name.match(new RegExp(`^${repeat.dataset.repeat}-(\\d+)-`))?.[1]);
      setRowCount(repeat, Math.max(-1, ...rows.filter(Boolean).map(Number)) + 1);
    }
    for (const input of this.form.elements) {
      if (!input.name || NOT_ANSWERS.has(input.name) || input.type === "submit" || input.readOnly) continue;
      const values = copy.pairs.filter(([name]) => name === input.name).map(([, value]) => value);
      if (["radio", "checkbox"].includes(input.type)) input.checked = values.includes(input.value);
      else if (values.length) input.value = values[0];
    }
    // The old version goes with the old text: if the server has moved on, it answers with a conflict.
    this.form.elements.version.value = copy.version;
    refresh(this.form);
    this.changed();
  }

  // -- sending -------------------------------------------------------------------------------------------

  changed() {
    this.keep();
    if (["conflict", "refused"].includes(this.state)) return;
    if (!["offline", "login"].includes(this.state)) this.show("dirty");
    this.plan(this.failures ? this.wait() : SEND_AFTER);
  }

  plan(delay) { this.timer ??= setTimeout(() => this.send(), delay); }

  wait() { return Math.min(LONGEST_WAIT, 2000 * 2 ** (this.failures - 1)); }

  async send({ leaving = false, renewed = false } = {}) {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.sending || this.state === "conflict") return;
    const text = this.text();
    if (text === this.sent) { this.drop(); if (this.state === "dirty") this.show("saved"); return; }
    this.sending = true;
    if (!this.failures) this.show("saving");
    let again = false;
    try {
      const response = await fetch(this.form.dataset.draftUrl, {
        method: "POST",
        body: new URLSearchParams(new FormData(this.form)),
        headers: { "X-Requested-With": "draft", Accept: "application/json" },
        credentials: "same-origin",
        redirect: "manual",
        keepalive: leaving,
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
    if (response.status === 409) { this.conflict(await response.json().catch(() => ({}))); return false; }
    const perhapsLoggedOut = response.type === "opaqueredirect" || [400, 401, 403].includes(response.status);
    if (!perhapsLoggedOut) {
      if (response.status >= 500 || response.status === 429) this.failed("offline");
      else this.show("refused");
      return false;
    }
    const renewal = renewed ? "refused" : await this.renew();
    if (renewal === "login") { this.failed("login"); this.notice("login", true); }
    if (renewal === "refused") this.show("refused");
    return renewal === "renewed";
  }

  saved(answer, text) {
    this.failures = 0;
    this.form.elements.version.value = answer.version;
    this.sent = text;
    if (this.text() === text) this.drop(); else this.keep();
    this.notice("login", false);
    this.show("saved", answer.saved_at);
  }

  conflict(answer) {
    const button = this.notice("conflict", true).querySelector("button");
    if (answer.compare_url) button.formAction = answer.compare_url;
    this.show("conflict");
  }

  failed(state) {
    this.failures += 1;
    this.show(state);
    this.plan(this.wait());
  }

  /** After logging in again the page's token is a new one: fetch it. The page says which it is:
      nobody is logged in, the form is not to be filled any more, or here is the new token. */
  async renew() {
    const page = await fetch(location.href, { credentials: "same-origin", redirect: "manual" });
    if (page.type === "opaqueredirect" || page.status === 401) return "login";
    const fresh = new DOMParser().parseFromString(await page.text(), "text/html");
    const token = fresh.querySelector("form[data-official] [name=csrf_token]")?.value;
    if (!token) return "refused";
    this.form.elements.csrf_token.value = token;
    return "renewed";
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
    const words = (box.dataset[`text${state[0].toUpperCase()}${state.slice(1)}`] ?? "").replace("{time}", time);
    box.dataset.draftState = state;
    box.querySelector("[data-draft-text]").textContent = words;
    // Screen readers hear news, not the coming and going between two keystrokes.
    const news = !["dirty", "saving"].includes(state) && state !== this.told;
    if (news) {
      this.told = state;
      this.form.querySelector("[data-draft-status]").textContent = words;
    }
    this.state = state;
  }
}

const pause = (time) => new Promise((done) => { setTimeout(done, time); });
const lang = () => document.documentElement.lang || undefined;

for (const form of document.querySelectorAll("form[data-draft-url]")) {
  const draft = new Draft(form);
  let submitting = false;
  draft.offerCopy();
  for (const event of ["input", "change", "rows-changed"]) form.addEventListener(event, () => draft.changed());
  form.addEventListener("submit", async (event) => {
    // A draft on its way would raise the version and make this very page look stale.
    if (draft.sending) {
      event.preventDefault();
      while (draft.sending) await pause(50);
      form.requestSubmit(event.submitter);
      return;
    }
    clearTimeout(draft.timer);
    submitting = true;
    draft.keep({ submitted: draft.state !== "conflict" });
  });
  for (const event of ["online", "focus"]) {
    window.addEventListener(event, () => { if (draft.failures) draft.send(); });
  }
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && draft.text() !== draft.sent) draft.send({ leaving: true });
  });
  window.addEventListener("beforeunload", (event) => {
    if (!submitting && draft.text() !== draft.sent) event.preventDefault();
  });
  window.addEventListener("pageshow", ({ persisted }) => {
    submitting = false;
    // The back button shows the page as it was left, with a version that may be old.
    if (persisted && draft.text() === draft.sent) location.reload();
  });
}
