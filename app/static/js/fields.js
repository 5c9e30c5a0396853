// Conditional fields, character counters, date pickers and the count of required fields.

const all = (root, selector) => [...root.querySelectorAll(selector)];

/** Present value of a named field: the chosen radio, a tick as "True", else the text. */
function valueOf(form, name) {
  const inputs = all(form, `[name="${CSS.escape(name)}"]`);
  const chosen = inputs.find((input) => input.checked);
  if (inputs[0]?.type === "checkbox") return chosen ? "True" : "False";
  if (inputs[0]?.type === "radio") return chosen?.value ?? "";
  return inputs[0]?.value ?? "";
}

function showConditional(form) {
  for (const field of all(form, "[data-show-by]")) {
    field.hidden = valueOf(form, field.dataset.showBy) !== field.dataset.showValue;
  }
}

function count(form) {
  for (const note of all(form, "[data-count-for]")) {
    const box = document.getElementById(note.dataset.countFor);
    if (!box) continue;
    const length = [...box.value].length;
    const limit = Number(box.dataset.limit);
    const text = length > limit ? note.dataset.textOver : note.dataset.text;
    note.textContent = text.replace("{n}", length.toLocaleString()).replace("{limit}", limit.toLocaleString());
    note.classList.toggle("is-over", length > limit);
  }
}

const isBlank = (row) => all(row, "input, select, textarea").every((input) =>
  ["radio", "checkbox"].includes(input.type) ? !input.checked : !input.value.trim());

/** A row in which nothing is written asks for nothing. */
function inBlankRow(field) {
  const row = field.closest("[data-row]");
  return row && isBlank(row);
}

const waived = (form, field) =>
  field.dataset.waivedBy && valueOf(form, field.dataset.waivedBy) === field.dataset.waivedValue;
const counts = (form, field) =>
  !field.hidden && !field.closest("template") && !inBlankRow(field) && !waived(form, field);
const filled = (form, field) => {
  if (field.dataset.repeat) return all(field, "[data-rows] > [data-row]").some((row) => !isBlank(row));
  const value = valueOf(form, field.dataset.field).trim();
  return value !== "" && value !== "False" && !field.querySelector("[aria-invalid=true][data-untouched]");
};

function progress(form) {
  const needed = all(form, "[data-required]").filter((field) => counts(form, field));
  const done = needed.filter((field) => filled(form, field));
  const box = form.querySelector("[data-progress]");
  box.querySelector("span").textContent = box.dataset.text
    .replace("{done}", done.length).replace("{total}", needed.length);
  const bar = box.querySelector("progress");
  bar.max = needed.length || 1;
  bar.value = done.length;
  for (const link of all(form, "[data-section-link]")) {
    const section = document.getElementById(link.dataset.sectionLink);
    const mine = needed.filter((field) => section.contains(field));
    link.classList.toggle("is-done", mine.length > 0 && mine.every((field) => done.includes(field)));
  }
}

/** The browser's own calendar writes into the text input, which also takes dates in years of the Republic. */
function pickDate(button) {
  const target = document.getElementById(button.dataset.pickDate);
  const picker = document.createElement("input");
  picker.type = "date";
  picker.className = "date-picker-anchor";
  picker.setAttribute("aria-label", button.getAttribute("aria-label"));
  if (/^\d{4}-\d{2}-\d{2}$/.test(target.value)) picker.value = target.value;
  button.after(picker);
  picker.addEventListener("change", () => {
    target.value = picker.value;
    target.dispatchEvent(new Event("input", { bubbles: true }));
    target.focus();
  });
  picker.addEventListener("blur", () => picker.remove());
  picker.focus();
  picker.showPicker();
}

function markSection(form) {
  const links = new Map(all(form, "[data-section-link]").map((link) => [link.dataset.sectionLink, link]));
  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries.filter((one) => one.isIntersecting)) {
      links.forEach((link) => link.removeAttribute("aria-current"));
      links.get(entry.target.id)?.setAttribute("aria-current", "true");
    }
  }, { rootMargin: "-25% 0px -65% 0px" });
  all(form, "[data-section]").forEach((section) => watcher.observe(section));
}

export function refresh(form) {
  all(form, "[data-without-script]").forEach((hint) => hint.remove());
  if ("showPicker" in HTMLInputElement.prototype) {
    all(form, "[data-pick-date]").forEach((button) => { button.hidden = false; });
  }
  showConditional(form);
  count(form);
  progress(form);
}

for (const form of document.querySelectorAll("form[data-official]")) {
  all(form, "[aria-invalid=true]").forEach((input) => { input.dataset.untouched = ""; });
  for (const event of ["input", "change"]) {
    form.addEventListener(event, ({ target }) => {
      delete target.dataset.untouched;
      refresh(form);
    });
  }
  form.addEventListener("rows-changed", () => refresh(form));
  form.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-pick-date]");
    if (button) pickDate(button);
  });
  markSection(form);
  refresh(form);
}
