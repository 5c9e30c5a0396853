// A reviewer's sheet by keyboard, and what it comes to while one types; the server says the same after saving.

const form = document.querySelector("form[data-sheet]");
const box = document.querySelector("[data-standing]");
const rules = JSON.parse(box.dataset.standing);
const chosen = (name) => form.querySelector(`[name="${CSS.escape(name)}"]:checked`)?.value;

function fill(text, values) {
  return Object.entries(values).reduce((said, [name, value]) => said.replace(`{${name}}`, value), text);
}

function say(line, text) {
  const place = box.querySelector(`[data-line="${line}"]`);
  if (place.textContent !== text) place.textContent = text;
}

function stand() {
  const levels = [...form.querySelectorAll("[data-item]")].map((item) => chosen(item.dataset.item)).filter(Boolean);
  const correction = Number(form.elements.correction?.value || 0);
  const sum = levels.reduce((total, level) => total + Number(level), correction);
  const whole = levels.length === rules.count;
  const found = rules.bands.find((band) => band.from <= sum && sum <= band.to)?.verdict;
  const similar = rules.ticks[chosen("similar")];
  const worse = found && similar && rules.severity.indexOf(similar) > rules.severity.indexOf(found);
  const labels = { band: rules.labels[found], similar: rules.labels[similar], proposal: rules.labels[similar] };
  const values = { ...rules, ...labels, rated: levels.length, sum, correction };
  say("sum", fill(whole ? rules.words.sum : rules.words.partial, values));
  say("band", whole ? fill(found ? rules.words.band : rules.words.none, values) : "");
  say("worse", whole && worse ? fill(rules.words.worse, values) : "");
}

/** Digits choose the level of the item that has the focus; where text is typed they are text. */
form.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches("textarea, select, [type=text]")) return;
  const item = event.target.closest("[data-item]");
  const digit = event.key === "1" ? "2" : event.key;
  const radio = item?.querySelector(`[name="${CSS.escape(item.dataset.item)}"][value="${CSS.escape(digit)}"]`);
  if (!radio) return;
  event.preventDefault();
  radio.focus();
  radio.click();
});

/** From item to document and back: the place opens and takes the focus. */
document.addEventListener("click", (event) => {
  const link = event.target.closest("a.jump");
  const place = link && document.getElementById(link.hash.slice(1));
  if (!place) return;
  event.preventDefault();
  if (place.matches("details")) place.open = true;
  const target = place.querySelector("summary") ?? place.querySelector("input") ?? place;
  target.focus({ preventScroll: true });
  // Beside each other, the documents scroll on their own and the sheet stays where it is.
  const pane = place.closest(".pane-documents");
  if (pane && pane.scrollHeight > pane.clientHeight) {
    pane.scrollTop += place.getBoundingClientRect().top - pane.getBoundingClientRect().top;
  } else place.scrollIntoView({ block: "start" });
});

for (const hint of form.querySelectorAll("[data-with-script]")) hint.hidden = false;
for (const event of ["input", "change"]) form.addEventListener(event, stand);
stand();
