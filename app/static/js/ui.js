/** Shared behaviour: questions before an action, error summaries, counters, file fields. */

const dialog = document.getElementById("confirm-dialog");

/** Ask in the page's dialog; resolves to true or false. */
export function ask(text, { title = "", yes = "", no = "", danger = false } = {}) {
  const part = (selector, wanted) => {
    const node = dialog.querySelector(selector);
    node.textContent = wanted || node.dataset.default;
    return node;
  };
  part("#confirm-title", title);
  part("[data-confirm-no]", no);
  const accept = part("[data-confirm-yes]", yes);
  accept.classList.toggle("btn-danger", danger);
  accept.classList.toggle("btn-primary", !danger);
  dialog.querySelector("#confirm-text").textContent = text;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

// A capturing listener, so a question comes before any other handler sends the form.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  const asker = event.submitter?.dataset.confirm ? event.submitter : form;
  if (!asker.dataset.confirm || form.dataset.confirmed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const { confirm: text, confirmTitle: title, confirmYes: yes, confirmNo: no } = asker.dataset;
  const danger = asker.matches(".btn-danger, .icon-button-danger");
  if (!(await ask(text, { title, yes, no, danger }))) return;
  form.dataset.confirmed = "yes";
  form.requestSubmit(event.submitter || undefined);
  delete form.dataset.confirmed;
}, true);

// One click, one request: the server refuses doubles too, this only spares the error page.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "get" || form.method === "dialog") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 4000);
});

// Who typed before the scripts ran keeps the place.
if (document.activeElement === document.body) document.querySelector("[data-error-summary]")?.focus();

for (const input of document.querySelectorAll("[data-counter][maxlength]")) {
  const counter = document.getElementById(input.dataset.counter);
  const show = () => {
    counter.textContent = counter.dataset.text.replace("{n}", input.maxLength - input.value.length);
  };
  counter.hidden = false;
  input.addEventListener("input", show);
  show();
}

for (const field of document.querySelectorAll("[data-upload]")) {
  const input = field.querySelector("input[type=file]");
  const drop = field.querySelector(".upload-drop");
  const error = field.querySelector("[data-upload-error]");
  const name = field.querySelector("[data-upload-name]");
  field.querySelector("[data-upload-chosen]").hidden = false;
  drop.classList.add("is-dressed");
  input.addEventListener("change", () => {
    name.textContent = [...input.files].map((file) => file.name).join(", ") || name.dataset.none;
    const limit = Number(field.dataset.maxBytes || 0);
    const tooBig = limit > 0 && [...input.files].some((file) => file.size > limit);
    error.hidden = !tooBig;
    error.lastElementChild.textContent = tooBig ? field.dataset.tooBig : "";
    input.setCustomValidity(tooBig ? field.dataset.tooBig : "");
  });
  drop.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("is-over");
  });
  drop.addEventListener("dragleave", () => drop.classList.remove("is-over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("is-over");
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

// A table that scrolls sideways must be reachable by the keyboard; one that fits needs no stop of its own.
function reach() {
  for (const wrap of document.querySelectorAll(".table-wrap")) {
    if (wrap.scrollWidth > wrap.clientWidth) wrap.tabIndex = 0;
    else wrap.removeAttribute("tabindex");
  }
}
reach();
window.addEventListener("resize", reach);
document.addEventListener("toggle", reach, true);

// Demonstration sites: a press fills the log-in fields.
for (const button of document.querySelectorAll("[data-fill]")) {
  button.addEventListener("click", () => {
    for (const [name, value] of Object.entries(JSON.parse(button.dataset.fill))) {
      document.getElementById(name).value = value;
    }
    document.getElementById("login-submit").focus();
  });
}
