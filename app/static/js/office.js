/** Generated lists: search rows, row selection, date-times and looked-up choices. */

function bindRow(row) {
  const op = row.querySelector("[data-filter-op]");
  const apply = () => {
    const wanted = op.selectedOptions[0]?.dataset.control;
    for (const holder of row.querySelectorAll("span[data-control]")) {
      const used = holder.dataset.control === wanted;
      holder.hidden = !used;
      for (const input of holder.querySelectorAll("[data-filter-value]")) {
        input.disabled = !used;
        input.name = op.value;
      }
    }
  };
  op.addEventListener("change", apply);
  row.querySelector("[data-filter-remove]").addEventListener("click", () => {
    const form = row.closest("form");
    row.remove();
    form.querySelector("[data-filter-add]").focus();
  });
  apply();
}

for (const form of document.querySelectorAll("[data-filter-form]")) {
  const rows = form.querySelector("[data-filter-rows]");
  const add = form.querySelector("[data-filter-add]");
  let serial = rows.children.length;
  rows.querySelectorAll("[data-filter-row]").forEach(bindRow);
  add.addEventListener("change", () => {
    const template = [...form.querySelectorAll("template")].find((t) => t.dataset.filter === add.value);
    add.value = "";
    if (!template) return;
    const row = template.content.firstElementChild.cloneNode(true);
    // Flask-Admin wants each condition numbered; its parameter names carry a placeholder.
    for (const option of row.querySelectorAll("option[value*='{n}']")) option.value = option.value.replace("{n}", serial);
    serial += 1;
    rows.append(row);
    bindRow(row);
    row.querySelector("span[data-control]:not([hidden]) [data-filter-value]")?.focus();
  });
}

for (const form of document.querySelectorAll("[data-row-actions]")) {
  const boxes = [...document.querySelectorAll("input[name=rowid]")].filter((box) => box.form === form);
  const all = document.querySelector(`[data-check-all="${form.id}"]`);
  const count = form.querySelector("[data-selected]");
  const show = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    count.textContent = chosen ? count.dataset.text.replace("{n}", chosen) : "";
    for (const button of form.querySelectorAll("button")) button.disabled = chosen === 0;
    for (const box of boxes) box.closest("tr").classList.toggle("is-chosen", box.checked);
    if (!all) return;
    all.checked = chosen > 0 && chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  };
  all?.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });
  for (const box of boxes) box.addEventListener("change", show);
  show();
}

// The server reads "2026-01-05 09:30:00"; browsers offer a picker only for the form with a T.
for (const input of document.querySelectorAll("input[data-datetime]")) {
  const value = input.value.replace(" ", "T");
  input.type = "datetime-local";
  input.step = 1;
  input.value = value;
  input.form.addEventListener("formdata", (event) => {
    const text = input.value.replace("T", " ");
    event.formData.set(input.name, text && text.length === 16 ? `${text}:00` : text);
  });
}

async function fill(select, url) {
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const wanted = select.dataset.value;
  select.replaceChildren(new Option("", ""));
  for (const { id, text } of await answer.json()) {
    select.append(new Option(text, id, false, String(id) === wanted));
  }
}

for (const select of document.querySelectorAll("select[data-lookup]")) {
  const master = document.getElementById(select.dataset.lookupMaster);
  const load = () => fill(select, select.dataset.lookup.replace("{{ID}}", master?.value ?? ""));
  if (!master || master.value) load();
  master?.addEventListener("change", load);
}

// A menu made of <details> closes when one leaves it.
for (const menu of document.querySelectorAll("[data-menu]")) {
  menu.addEventListener("focusout", (event) => {
    if (!menu.contains(event.relatedTarget)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}
