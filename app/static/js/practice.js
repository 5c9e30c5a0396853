/** Practice mode: the lines one after another, at the pace of the lesson or step by step; the form keeps the codes. */

const player = document.querySelector("[data-player]");
const form = document.querySelector("[data-practice]");
const lines = [...form.querySelectorAll("[data-line]")].map((row) => ({
  end: Number(row.dataset.t) * 1000,
  text: row.querySelector("[data-text]"),
  choice: row.querySelector("select"),
}));
const [count, now, stop] = ["count", "now", "stop"].map((name) => player.querySelector(`[data-${name}]`));
const keys = [...player.querySelectorAll("[data-code]")];
const starts = [...player.querySelectorAll("[data-start]")];
let at = -1;
let paced = false;
let timer = 0;

const running = () => at >= 0 && at < lines.length;

/** Show which key the line at hand has. */
function mark(code) {
  for (const key of keys) key.setAttribute("aria-pressed", String(key.dataset.code === code));
}

/** Put a line on the screen; in the paced way it goes on by itself when its time is over. */
function show(place) {
  clearTimeout(timer);
  at = place;
  const line = lines[at];
  for (const key of keys) key.disabled = !line;
  mark(line?.choice.value);
  for (const button of starts) button.hidden = Boolean(line);
  stop.hidden = !line;
  count.textContent = line ? player.dataset.beat.replace("{n}", at + 1) : "";
  now.replaceChildren(...(line ? [...line.text.childNodes].map((node) => node.cloneNode(true)) : [at < 0 ? "" : player.dataset.done]));
  if (line && paced) timer = setTimeout(show, line.end - (lines[at - 1]?.end ?? 0), at + 1);
  if (at === lines.length) form.querySelector("[type=submit]").focus();
}

/** A code for the line on the screen; step by step the next line follows at once. */
function press(code) {
  if (!running()) return;
  lines[at].choice.value = code;
  mark(code);
  if (!paced) show(at + 1);
}

for (const key of keys) key.addEventListener("click", () => press(key.dataset.code));
for (const button of starts) {
  button.addEventListener("click", () => {
    paced = button.dataset.start === "beat";
    for (const line of lines) line.choice.value = "";
    show(0);
    keys[0].focus();
  });
}
stop.addEventListener("click", () => { show(-1); starts[0].focus(); });
document.addEventListener("keydown", (event) => {
  if (!running() || event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.target.closest("select")) return;
  if (/^\d$/.test(event.key)) press(event.key === "0" ? "10" : event.key);
  else if (event.key === "Backspace" && at > 0) {
    event.preventDefault();
    show(at - 1);
  }
});
player.hidden = false;
show(-1);
