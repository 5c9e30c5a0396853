/** A seating plan between editor, device and portal: what is saved where, and what to do with two versions. */
import { asked, bus, uuid, within } from "./db.js";
import { PlanView } from "./plan.js";
import { generate } from "./room.js";
import { plans, savePlan, user } from "./store.js";
import { t } from "./words.js";

const $ = (selector) => document.querySelector(selector);

let row; // as last read from or written to the device
let take; // gives the editor another version
let asking = false;

const read = (uid) => within("readonly", ({ plans: rows }) => asked(rows.get(uid)), ["plans"]);
const copy = (plan) => structuredClone({ uid: plan.uid, name: plan.name, version: plan.version, data: plan.data });

/** The plan with this uid, from the device or the portal, or a new one; `taken(plan)` when another version comes in. */
export async function openPlan(uid, taken) {
  take = taken;
  bus.addEventListener("message", ({ detail }) => { if (detail.plan === row.uid) heard(detail.own); });
  row = uid && await read(uid);
  if (uid && !row) {
    await plans();
    row = await read(uid);
  } else if (uid) plans().then(() => heard(false));
  // Another account's plan stays what it is: this one starts its own.
  const foreign = Boolean(row) && row.user !== user;
  if (!row || foreign) row = null;
  row ??= { uid: foreign || !uid ? uuid() : uid, user, name: t("New class"), version: 0, data: generate(), fresh: true };
  state();
  if (row.stale) settle();
  return copy(row);
}

let queue = Promise.resolve();
let keeping = 0;

/** Keep what the editor holds; one save after the other. */
export function keepPlan(plan) {
  const wanted = copy(plan);
  keeping += 1;
  state(navigator.onLine ? "unsent" : "offline");
  queue = queue.then(async () => {
    row = await savePlan({ ...wanted, version: row.version });
    state();
  }).catch(() => state("failed")).finally(() => { keeping -= 1; });
  return queue;
}

/** Somebody wrote this plan on the device: our own sending, or another tab. */
async function heard(own) {
  const now = await read(row.uid);
  if (!now || now.user !== user || keeping) return;
  const other = JSON.stringify([now.name, now.data]) !== JSON.stringify([row.name, row.data]);
  row = now;
  state();
  if (now.stale) settle();
  else if (other && !own) {
    take(copy(now));
    $("[data-say]").textContent = t("Changed in another tab; the change is shown here. Undo brings back what stood here.");
  }
}

function state(trouble = "") {
  const kind = trouble || (row.stale ? "stale" : row.dirty ? (navigator.onLine ? "unsent" : "offline") : row.fresh ? "new" : "saved");
  const place = $("[data-plan-state]");
  if (place.dataset.planState === kind) return;
  place.dataset.planState = kind;
  place.textContent = t(`plan ${kind}`);
  $("[data-settle]").hidden = kind !== "stale";
  $("[data-keep]").hidden = kind !== "new";
}

addEventListener("online", () => state());
addEventListener("offline", () => state());

/** Two versions: both are drawn, one is chosen; the other can be had back with undo as long as the page is open. */
async function settle() {
  if (asking) return;
  asking = true;
  const theirs = { ...row.theirs, uid: row.uid };
  const dialog = $("[data-stale]");
  for (const [which, plan] of [["mine", row], ["theirs", theirs]]) {
    dialog.querySelector(`[data-${which}-name]`).textContent = `${plan.name} (${t("%(n)s seats", { n: plan.data.seats.length })})`;
    const view = new PlanView(dialog.querySelector(`[data-${which}]`), plan.data, { t, least: 12 });
    dialog.addEventListener("close", () => view.close(), { once: true });
  }
  dialog.returnValue = "";
  dialog.showModal();
  await new Promise((resolve) => { dialog.addEventListener("close", resolve, { once: true }); });
  asking = false;
  if (!["mine", "theirs"].includes(dialog.returnValue)) {
    state("stale");
    return;
  }
  const mine = dialog.returnValue === "mine";
  const chosen = mine ? { ...copy(row), version: theirs.version } : copy(theirs);
  row = { ...row, version: theirs.version, stale: false };
  if (!mine) take(copy(chosen));
  row = await savePlan(chosen);
  state();
}

$("[data-settle]").addEventListener("click", settle);
