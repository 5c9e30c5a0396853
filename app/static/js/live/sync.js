/** What is on the device goes to the portal: in batches that may arrive twice, one tab at a time. */

import { asked, bus, everyN, tell, within } from "./db.js";

// The server takes 2000 operations and 2 MB at once; long texts make smaller batches.
const BATCH = 500;
const BYTES = 400_000;
const LONGEST_WAIT = 30_000;
const API = "/toolbox/api";

export const user = Number(document.body.dataset.user) || null;

/** Why nothing could be sent: `state` is offline, login, other_user, refused or stale. */
class Trouble extends Error {
  constructor(state, answer = {}) {
    super(state);
    this.state = state;
    this.answer = answer;
  }
}

// -- asking ------------------------------------------------------------------------------------------------

let session = null;

async function call(path, body) {
  const headers = { Accept: "application/json", "X-Requested-With": "fetch" };
  // A kept page may be that of the person before: the portal answers only whom the page is for.
  if (user !== null) headers["X-Portal-User"] = String(user);
  if (body) Object.assign(headers, { "Content-Type": "application/json", "X-CSRFToken": session.csrf });
  try {
    return await fetch(API + path, {
      method: body ? "POST" : "GET",
      body: body && JSON.stringify(body),
      headers,
      cache: "no-store",
      credentials: "same-origin",
      redirect: "manual",
      signal: AbortSignal.timeout(20_000),
    });
  } catch {
    throw new Trouble("offline");
  }
}

const SIGNED_OUT = (response) => response.type === "opaqueredirect" || [400, 401, 403].includes(response.status);

async function read(response) {
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  if (response.status === 409) throw new Trouble(answer.code === "stale" ? "stale" : "other_user", answer);
  if (response.status === 401) throw new Trouble("login");
  // What the portal does not want is not sent again and again; everything else may be better in a minute.
  throw new Trouble([400, 403, 404, 413, 422].includes(response.status) ? "refused" : "offline", answer);
}

/** GET of a signed-in user; throws Trouble. */
export async function get(path) {
  const response = await call(path);
  if (response.type === "opaqueredirect") throw new Trouble("login");
  return read(response);
}

/** POST in the name of this page's user; the token is renewed once. */
async function post(path, body, renewed = false) {
  session ??= await get("/session");
  if (session.user !== user) {
    session = null;
    throw new Trouble("other_user");
  }
  const response = await call(path, { ...body, user });
  if (SIGNED_OUT(response) && !renewed) {
    session = null;
    return post(path, body, true);
  }
  if (response.status === 409) session = null;
  return read(response);
}

// -- recordings --------------------------------------------------------------------------------------------

/** An operation as the server knows it. */
export const plain = ({ recording, pending, refused, ...op }) => op;

async function batch(uid) {
  return within("readonly", async ({ recordings, ops }) => {
    const row = await asked(recordings.get(uid));
    const found = await asked(ops.index("pending").getAll(everyN(uid), BATCH));
    let size = 0;
    return { row, ops: found.filter((op, n) => (size += JSON.stringify(op).length) < BYTES || !n).map(plain) };
  });
}

async function settle(uid, uids, headAt, refused = null) {
  await within("readwrite", async ({ recordings, ops }) => {
    const row = await asked(recordings.get(uid));
    recordings.put({ ...row, headSent: Math.max(row.headSent, headAt) });
    for (const op of await Promise.all(uids.map((id) => asked(ops.get(id))))) {
      if (!op) continue;
      delete op.pending;
      if (refused) op.refused = refused;
      ops.put(op);
    }
  });
  tell({ uid, sent: uids, headSent: headAt, refused });
}

/** Send some operations; one that the portal refuses is set aside with the reason, so that the others go on. */
async function deliver(uid, head, ops) {
  try {
    const { known } = await post(`/recordings/${uid}`, { head, ops });
    const stored = new Set(known);
    const uids = ops.map((op) => op.uid).filter((id) => stored.has(id));
    if (ops.length && !uids.length) throw new Trouble("refused");
    await settle(uid, uids, head.at);
  } catch (trouble) {
    const at = trouble.answer?.path?.match(/^ops\.(\d+)/)?.[1];
    if (trouble.state !== "refused" || !ops[at]) throw trouble;
    await settle(uid, [ops[at].uid], 0, trouble.answer.message || trouble.answer.code);
  }
}

async function sendRecording(uid) {
  for (;;) {
    const { row, ops } = await batch(uid);
    if (!ops.length && row.head.at <= row.headSent) return;
    await deliver(uid, row.head, ops);
  }
}

// -- plans -------------------------------------------------------------------------------------------------

async function sendPlan({ uid, name, version, data, changed }) {
  let answer;
  try {
    answer = await post(`/plans/${uid}`, { name, version, data });
  } catch (trouble) {
    if (trouble.state !== "stale") throw trouble;
    answer = { stale: true, theirs: trouble.answer.theirs };
  }
  await within("readwrite", async ({ plans }) => {
    const row = await asked(plans.get(uid));
    // Changed again in the meantime: that goes with the next round, on top of the version just made.
    if (answer.stale) plans.put({ ...row, stale: true, theirs: answer.theirs });
    else {
      const passed = [...(row.passed ?? []), version];
      plans.put({ ...row, version: answer.version, passed, dirty: row.changed !== changed });
    }
  });
  tell({ plan: uid });
}

// -- when --------------------------------------------------------------------------------------------------

let failures = 0;
let timer;
let running = null;
let again = false;

const mine = (rows) => rows.filter((row) => row.user === user);

async function everything() {
  const todo = await within("readonly", async (stores) => ({
    recordings: mine(await asked(stores.recordings.getAll())),
    plans: mine(await asked(stores.plans.getAll())).filter((plan) => plan.dirty && !plan.stale),
  }));
  let worst = null;
  for (const { uid } of todo.recordings) {
    try {
      await sendRecording(uid);
      tell({ uid, trouble: null });
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      tell({ uid, trouble: error.state, reason: error.answer.message ?? "" });
      if (error.state !== "refused") { worst = error; break; }
    }
  }
  for (const plan of worst ? [] : todo.plans) {
    try {
      await sendPlan(plan);
    } catch (error) {
      if (error.state !== "refused") throw error;
      // It waits on the device; the others are not to wait with it.
      console.warn(error);
    }
  }
  if (worst) throw worst;
}

/** Send all that waits; resolves when there is nothing left or it cannot be done now. */
export function sync() {
  if (user === null) return Promise.resolve();
  if (running) { again = true; return running; }
  clearTimeout(timer);
  timer = undefined;
  const lock = navigator.locks ? (work) => navigator.locks.request("portal-observations-sync", work) : (work) => work();
  running = (async () => {
    do {
      again = false;
      try {
        await lock(everything);
        failures = 0;
      } catch (error) {
        failures += 1;
        if (!(error instanceof Trouble)) console.warn(error);
        tell({ all: true, trouble: error.state ?? "offline" });
        again = false;
      }
    } while (again);
    running = null;
    plan(failures ? Math.min(LONGEST_WAIT, 1000 * 2 ** (failures - 1)) : LONGEST_WAIT);
  })();
  return running;
}

function plan(delay) {
  clearTimeout(timer);
  timer = setTimeout(sync, delay);
}

let due = 0;
/** Something new waits: send it soon, but not earlier than a failure asks for. */
export function soon() {
  if (failures || due) return;
  due = setTimeout(() => { due = 0; sync(); }, 700);
}

function now() {
  failures = 0;
  sync();
}

addEventListener("online", now);
addEventListener("focus", now);
addEventListener("offline", () => tell({ all: true, trouble: "offline" }));
document.addEventListener("visibilitychange", now);
bus.addEventListener("message", ({ detail }) => { if (detail.changed && !detail.own) soon(); });
// Keeps the pages of the tool box for use without a network; a browser without it works while there is one.
navigator.serviceWorker?.register("/toolbox/sw.js", { scope: "/toolbox/" }).catch(() => {});
