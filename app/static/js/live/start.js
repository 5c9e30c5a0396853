/** The page of an instrument: start a recording or go on with one (#uid), record, finish. */

import { generate } from "./room.js";
import { Recording, plans, strangers, user } from "./store.js";
import { $, TimeLine, ask, clockText, dayText, el, keep, mountBar, nameOf } from "./ui.js";
import { t } from "./words.js";

// Each exports open(recording, stage); ui.js tells what that returns.
const MODULES = {
  flanders: "./flanders.js",
  "verbal-flow": "./flow.js",
  "at-task": "./at_task.js",
  "teacher-movement": "./movement.js",
  verbatim: "./notes.js",
  anecdotal: "./notes.js",
};
const { instrument } = document.body.dataset;
const setup = JSON.parse($("#live-setup").textContent);

// -- before ------------------------------------------------------------------------------------------------

async function listKept() {
  const rows = (await Recording.list()).filter(({ head, unsent }) => head.instrument === instrument && (!head.ended_at || unsent));
  $("[data-resume]").hidden = !rows.length;
  $("[data-resume] ul").replaceChildren(...rows.map(({ uid, head, count, unsent }) => el("li", { class: "live-kept" },
    el("div", {}, el("strong", {}, nameOf(head)), el("span", { class: "text-soft" },
      [t("resume line", { date: dayText(head.started_at ?? head.at), n: count }), head.ended_at && t("finished"), unsent && t("sync unsent", { n: unsent })].filter(Boolean).join(" · "))),
    el("a", { class: "btn btn-secondary", href: `#${uid}`, "aria-label": `${t(head.ended_at ? "look" : "open")}: ${nameOf(head)}` }, t(head.ended_at ? "look" : "open")))));
}

async function listPlans() {
  const select = $("#live-plan");
  if (!select) return;
  const show = (rows) => {
    const chosen = select.value;
    for (const option of select.querySelectorAll("[data-own]")) option.remove();
    select.prepend(...rows.map(({ uid, name }) => el("option", { value: uid, "data-own": true }, name)));
    const wanted = new URLSearchParams(location.search).get("plan");
    select.value = rows.some(({ uid }) => uid === wanted) ? wanted : rows[0]?.uid ?? chosen;
    select.rows = rows;
  };
  show(await plans());
}

function planOf(select) {
  if (!select) return null;
  const own = select.rows?.find(({ uid }) => uid === select.value);
  if (own) return own.data;
  const [rows, columns] = select.value.split("x").map(Number);
  return generate(rows, columns);
}

function ruleOf(form) {
  const rule = { ...setup.rule };
  for (const field of form.querySelectorAll("[data-rule]")) {
    const { rule: name, times = 1 } = field.dataset;
    rule[name] = field.type === "number" ? Number(field.value) * times : field.value.trim();
  }
  const choice = $("[data-set]", form);
  if (choice) rule[choice.dataset.set] = setup.sets[choice.value].codes;
  return rule;
}

/** What stays on the device: the form of a case that this is recorded for. */
function purpose() {
  const query = new URLSearchParams(location.search);
  return query.get("case") ? { case: query.get("case"), slot: query.get("slot") ?? "observation" } : {};
}

async function begin(form) {
  const module = await import(MODULES[instrument]);
  const events = module.listed ? module.listed(form) : [];
  if (!events) return;
  const recording = await keep(Recording.create({
    instrument, title: form.elements.title.value.trim(), class_name: form.elements.class_name.value.trim(),
    rule: ruleOf(form), plan: planOf(form.elements.plan), meta: purpose(),
  }));
  if (!recording) return;
  if (events.length) await keep(recording.putAll(events));
  history.pushState(null, "", `#${recording.uid}`);
  record(recording, module);
}

async function prepare() {
  $("[data-start]").hidden = false;
  let beginning = null; // pressed twice is still one recording
  $("[data-new]").addEventListener("submit", (event) => {
    event.preventDefault();
    beginning ??= begin(event.target).finally(() => { beginning = null; });
  });
  navigator.serviceWorker?.ready.then(() => { $("[data-ready]").hidden = false; });
  const others = await strangers();
  $("[data-strangers]").hidden = !others;
  $("[data-strangers] p").textContent = t("strangers", { n: others });
  await Promise.all([listKept(), listPlans()]);
}

// -- during ------------------------------------------------------------------------------------------------

function record(recording, module) {
  const stage = $("[data-stage]");
  $("[data-start]").hidden = true;
  $("[data-room]").hidden = false;
  document.body.classList.add("is-recording");
  const look = module.open(recording, stage);
  const timeline = new TimeLine(recording, look);
  stage.addEventListener("timeline", ({ detail }) => timeline.open(detail));
  const finished = () => {
    const over = Boolean(recording.head.ended_at);
    $("[data-done]").hidden = !over;
    $(".live-tools").hidden = over && !look.stays;
    for (const name of ["pause", "finish"]) $(`.live-tools [data-do="${name}"]`).hidden = over;
    stage.hidden = over && !look.stays;
    stage.classList.toggle("is-over", over);
    const { unsent, state } = recording;
    $("[data-done-state]").textContent = state === "saved" ? t("done sent") : t("done unsent", { n: unsent || 1 });
    $("[data-done-analysis]").href = `/toolbox/recordings/${recording.uid}/`;
    const { case: number, slot } = recording.meta;
    const back = $("[data-done-case]");
    back.hidden = !number;
    back.href = `/cases/${encodeURIComponent(number)}/${encodeURIComponent(slot)}?form=${instrument}&record=${recording.uid}`;
  };
  mountBar(recording, {
    timeline: () => timeline.open(),
    finish: async () => {
      const text = t("finish text", { n: recording.events.length, time: clockText(recording.elapsed) });
      if (!(await ask({ title: t("finish title"), body: text, yes: t("Finish") }))) return;
      stage.dispatchEvent(new Event("finish"));
      await keep(recording.finish());
      $("[data-done-analysis]").focus();
    },
    reopen: async () => {
      await keep(recording.setHead({ ended_at: null, length_ms: null }));
      await keep(recording.resume());
    },
  });
  recording.addEventListener("change", finished);
  recording.addEventListener("sync", finished);
  finished();
}

addEventListener("hashchange", () => location.reload());

const uid = location.hash.slice(1);
const recording = uid ? await Recording.load(uid).catch(() => null) : null;
if (recording?.head.instrument === instrument) record(recording, await import(MODULES[instrument]));
else {
  await prepare();
  if (uid) {
    $("[data-strangers]").hidden = false;
    $("[data-strangers] p").textContent = t("elsewhere");
  }
}
document.body.dataset.open = user === null ? "signed-out" : "yes";
