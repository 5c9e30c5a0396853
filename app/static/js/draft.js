// Drafts of the official forms: kept as answers of the case, with the version that the page was loaded with.
// The copy on the device goes when the server has acknowledged it.

import { ANSWER_WITHIN, Autosave, fill, lang, pause } from "./autosave.js";
import { refresh } from "./fields.js";
import { setRows } from "./rows.js";

class Draft extends Autosave {
  constructor(form) {
    super(form, `draft:${form.dataset.draftKey}`, new Set(["csrf_token", "version"]));
    this.url = form.dataset.draftUrl;
  }

  get version() { return this.form.elements.version.value; }

  set version(value) { this.form.elements.version.value = value; }

  envelope({ pairs, version }) {
    return [...pairs, ["csrf_token", this.form.elements.csrf_token.value], ["version", version]];
  }

  /** One copy after the other, the newest first; none is lost while nobody has chosen. */
  offerCopies() {
    const [copy, ...others] = this.left().filter((one) => {
      const arrived = one.submitted && one.version !== this.version;
      const known = arrived || JSON.stringify(one.pairs) === this.text();
      if (known) this.drop(one.key);
      return !known;
    });
    const notice = this.notice("restore", Boolean(copy));
    if (!copy) return;
    const heading = notice.querySelector("strong");
    heading.textContent = heading.dataset.text.replace("{time}", new Date(copy.at).toLocaleString(lang()));
    notice.onclick = ({ target }) => {
      const choice = target.closest("[data-restore]")?.dataset.restore;
      if (!choice) return;
      notice.hidden = true;
      if (choice === "take") this.take(copy);
      this.drop(copy.key);
      if (others.length) this.offerCopies();
    };
  }

  take(copy) {
    setRows(this.form, copy.pairs);
    fill(this.form, copy.pairs, this.skip);
    // The old version goes with the old text: if the server has moved on, it answers with a conflict.
    this.version = copy.version;
    refresh(this.form);
    this.changed();
  }

  conflict(answer) {
    const button = this.notice("conflict", true).querySelector("button");
    if (answer.compare_url) button.formAction = answer.compare_url;
    this.show("conflict");
  }

  /** After logging in again the page's token is a new one: fetch it. The page says which it is:
      nobody is logged in, the form is not to be filled any more, or here is the new token. */
  async renew() {
    const page = await fetch(location.href, {
      credentials: "same-origin", redirect: "manual", signal: AbortSignal.timeout(ANSWER_WITHIN),
    });
    if (page.type === "opaqueredirect" || page.status === 401) return "login";
    const fresh = new DOMParser().parseFromString(await page.text(), "text/html");
    const token = fresh.querySelector("form[data-official] [name=csrf_token]")?.value;
    if (!token) return "refused";
    this.form.elements.csrf_token.value = token;
    return "renewed";
  }
}

for (const form of document.querySelectorAll("form[data-draft-url]")) {
  const draft = new Draft(form);
  let submitting = false;
  draft.offerCopies();
  draft.listen(() => submitting);
  form.addEventListener("submit", async (event) => {
    // A draft on its way would raise the version and make this very page look stale.
    if (draft.sending) {
      event.preventDefault();
      while (draft.sending) await pause(50);
      form.requestSubmit(event.submitter);
      return;
    }
    clearTimeout(draft.timer);
    draft.timer = undefined;
    submitting = true;
    if (draft.text() !== draft.sent) draft.keep({ submitted: draft.state !== "conflict" });
  });
  window.addEventListener("pageshow", ({ persisted }) => {
    submitting = false;
    // The back button shows the page as it was left, with a version that may be old.
    if (persisted && draft.text() === draft.sent) location.reload();
  });
}
