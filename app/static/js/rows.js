// Rows of a form: add, remove (with undo) and move without loading the page again.

const rowsOf = (repeat) => [...repeat.querySelector("[data-rows]").children];
const ATTRIBUTES = ["id", "name", "for", "value", "aria-describedby", "aria-labelledby", "data-field", "data-show-by", "data-waived-by",
  "data-count-for", "data-pick-date"];

/** Make every group of `form` have as many rows as a kept text speaks of. */
export function setRows(form, pairs) {
  for (const repeat of form.querySelectorAll("[data-repeat]")) {
    const rows = pairs.map(([name]) => name.match(new RegExp(`^${repeat.dataset.repeat}-(\\d+)-`))?.[1]);
    setRowCount(repeat, Math.max(-1, ...rows.filter(Boolean).map(Number)) + 1);
  }
}

/** Give a row and everything in it the number `index`. */
function number(repeat, row, index) {
  const base = repeat.dataset.repeat;
  // Radio buttons that share a name for a moment would lose their choice: remember it.
  const chosen = [...row.querySelectorAll("input:checked")];
  const old = new RegExp(`^${base}-(\\d+|__n__)(?=-|$)`);
  for (const element of [row, ...row.querySelectorAll("*")]) {
    for (const attribute of ATTRIBUTES) {
      const value = element.getAttribute(attribute);
      if (value === null || (attribute === "value" && !element.dataset.rowAction)) continue;
      const renamed = value.split(" ").map((part) => part.replace(old, `${base}-${index}`)).join(" ");
      element.setAttribute(attribute, attribute === "value" ? `${element.dataset.rowAction}-${index}` : renamed);
    }
  }
  const title = row.querySelector("[data-row-number]");
  title.textContent = title.dataset.rowNumber.replace("{n}", index + 1);
  return () => chosen.forEach((input) => { input.checked = true; });
}

function renumber(repeat) {
  const rows = rowsOf(repeat);
  // Two passes: through numbers that are free, so that no two rows ever share a name.
  const restore = rows.map((row, index) => number(repeat, row, index + 10000));
  rows.forEach((row, index) => number(repeat, row, index));
  restore.forEach((again) => again());
  rows.forEach((row, index) => {
    // Where the order says nothing, rows are not moved.
    const [up, down] = ["up", "down"].map((way) => row.querySelector(`[data-row-action="${way}"]`));
    if (up) up.disabled = index === 0;
    if (down) down.disabled = index === rows.length - 1;
  });
  repeat.querySelector('[data-row-action="add"]').disabled = rows.length >= Number(repeat.dataset.maxRows);
  repeat.dispatchEvent(new CustomEvent("rows-changed", { bubbles: true }));
}

function add(repeat) {
  const template = repeat.querySelector("template");
  const row = template.content.querySelector("[data-row]").cloneNode(true);
  repeat.querySelector("[data-rows]").append(row);
  renumber(repeat);
  return row;
}

/** Make a group have exactly `count` rows. */
function setRowCount(repeat, count) {
  while (rowsOf(repeat).length < count) add(repeat);
  rowsOf(repeat).slice(count).forEach((row) => row.remove());
  renumber(repeat);
}

const say = (repeat, text, n) => {
  const words = repeat.dataset[text].replace("{n}", n);
  repeat.querySelector("[data-row-status]").textContent = words;
  return words;
};

function remove(repeat, row) {
  const rows = rowsOf(repeat);
  const index = rows.indexOf(row);
  const next = row.nextElementSibling;
  row.remove();
  const undo = repeat.querySelector("[data-row-undo]");
  undo.hidden = false;
  undo.querySelector("span").textContent = say(repeat, "removed", index + 1);
  const button = undo.querySelector("button");
  button.onclick = () => {
    number(repeat, row, 20000);
    repeat.querySelector("[data-rows]").insertBefore(row, next?.isConnected ? next : null);
    undo.hidden = true;
    renumber(repeat);
    row.focus();
  };
  renumber(repeat);
  button.focus();
}

function move(repeat, row, action) {
  const other = action === "up" ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  if (action === "up") other.before(row); else other.after(row);
  renumber(repeat);
  say(repeat, "moved", rowsOf(repeat).indexOf(row) + 1);
  const button = row.querySelector(`[data-row-action="${action}"]`);
  (button.disabled ? row : button).focus();
}

for (const repeat of document.querySelectorAll("[data-repeat]")) {
  renumber(repeat);
  repeat.addEventListener("click", (event) => {
    const button = event.target.closest("[data-row-action]");
    if (!button) return;
    event.preventDefault();
    const row = button.closest("[data-row]");
    if (button.dataset.rowAction === "add") {
      const fresh = add(repeat);
      say(repeat, "added", rowsOf(repeat).length);
      fresh.querySelector("input, select, textarea").focus();
    } else if (button.dataset.rowAction === "remove") {
      remove(repeat, row);
    } else {
      move(repeat, row, button.dataset.rowAction);
    }
  });
}
