/** The same seats as a list: for screen readers, and for whoever would rather type than draw. */
import { el, icon } from "./ui.js";
import { t } from "./words.js";

const COLUMNS = [
  ["code", "Code", { maxlength: "8" }], ["gender", "Gender", null], ["group", "Group", { maxlength: "4" }],
  ["mark", "Remark", { maxlength: "4" }], ["absent", "Absent", null],
  ["x", "Column", { type: "number", step: "0.5" }], ["y", "Row", { type: "number", step: "0.5" }],
];

export class PlanTable {
  /** `acts`: change(make), select(id), remove(id). The rows are only made while the list is open. */
  constructor(fold, acts) {
    Object.assign(this, { fold, acts, body: fold.querySelector("tbody"), data: null, chosen: new Set() });
    fold.addEventListener("toggle", () => this.draw(this.data));
  }

  draw(data) {
    this.data = data;
    if (!this.fold.open || !data) return;
    this.body.replaceChildren(...data.seats.map((seat) => this.#row(seat)));
    this.select(this.chosen);
  }

  select(chosen) {
    this.chosen = chosen;
    for (const box of this.body.querySelectorAll("[data-pick]")) box.checked = chosen.has(box.dataset.pick);
  }

  #row(seat) {
    const label = (word) => t("%(field)s of seat %(code)s", { field: t(word), code: seat.code });
    const pick = el("input", { type: "checkbox", class: "form-check-input", "data-pick": seat.id, "aria-label": label("Selected") });
    pick.addEventListener("change", () => this.acts.select(seat.id));
    const remove = el("button", { type: "button", class: "icon-button icon-button-danger", "aria-label": label("Remove") }, icon("trash"));
    remove.addEventListener("click", () => {
      this.acts.remove(seat.id);
      this.draw(this.data);
      this.fold.querySelector("summary").focus();
    });
    return el("tr", {}, el("td", {}, pick), ...COLUMNS.map(([key, word, more]) => el("td", {}, this.#field(seat, key, label(word), more))),
      el("td", {}, remove));
  }

  #field(seat, key, label, more) {
    let field;
    if (key === "gender") {
      field = el("select", { class: "form-select", "aria-label": label },
        ...["", "f", "m", "x"].map((value) => el("option", { value }, t(`gender ${value}`))));
      field.value = seat.gender;
    } else if (key === "absent") {
      field = el("input", { type: "checkbox", class: "form-check-input", "aria-label": label });
      field.checked = seat.absent;
    } else {
      field = el("input", { type: "text", class: "form-control", autocomplete: "off", ...more, "aria-label": label });
      field.value = more.type ? seat[key] + 1 : seat[key];
    }
    field.addEventListener("change", () => this.acts.change(() => {
      if (key === "absent") seat.absent = field.checked;
      else if (!more?.type) seat[key] = field.value.trim() || (key === "code" ? seat.code : "");
      else if (Number.isFinite(field.valueAsNumber)) seat[key] = Math.round(field.valueAsNumber * 2) / 2 - 1;
    }));
    return field;
  }
}
