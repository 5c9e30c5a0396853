/** The list of the seating plans: from this device at once, then from the portal. */
import { asked, bus, within } from "./db.js";
import { PlanView } from "./plan.js";
import { plans, user } from "./store.js";
import { t } from "./words.js";

const list = document.querySelector("[data-plans]");
const state = document.querySelector("[data-plans-state]");
const part = (name) => document.querySelector(`template[data-${name}]`).content.cloneNode(true);

let views = [];

function show(rows) {
  for (const view of views) view.close();
  views = [];
  state.textContent = rows.length ? t("%(n)s plans", { n: rows.length }) : t("no plans");
  list.replaceChildren(...rows.map((plan) => {
    const item = part("plan-row");
    const link = item.querySelector("a");
    link.textContent = plan.name;
    link.href = `edit/#${plan.uid}`;
    item.querySelector("[data-count]").textContent = t("%(n)s seats", { n: plan.data.seats.length });
    item.querySelector("[data-state]").textContent = t(`plan ${plan.stale ? "stale" : plan.dirty ? "unsent" : "saved"}`);
    const thumb = item.querySelector(".plan-thumb");
    thumb.inert = true;
    views.push(new PlanView(thumb, plan.data, { t, least: 12 }));
    return item;
  }));
  if (!rows.length) list.append(part("plans-empty"));
}

const here = async () => (await within("readonly", ({ plans: rows }) => asked(rows.getAll()), ["plans"]))
  .filter((plan) => plan.user === user).sort((a, b) => a.name.localeCompare(b.name));

show(await here());
show(await plans());
bus.addEventListener("message", async ({ detail }) => { if (detail.plan) show(await here()); });
navigator.serviceWorker?.register("/toolbox/sw.js");
