/** Recordings of lessons and seating plans: on this device first, at the portal soon.

    A recording is a log of operations that only grows; its events are the fold of the log, as in
    `app/instruments/record.py`. Undo and redo are operations too, so they outlive a reload. */

import { Clock } from "./clock.js";
import { asked, bus, everyN, tell, uuid, within } from "./db.js";
import { get, plain, soon, sync, user } from "./sync.js";

export { user, sync, uuid };

const byTurn = (a, b) => a.n - b.n || (a.uid < b.uid ? -1 : Number(a.uid > b.uid));

/** Go through the log: the events it leaves, and the steps that can be undone and redone.
    A step is what the user did at once: {key, changes: [{op, before}]}. */
export function replay(ops) {
  const events = new Map();
  const first = new Map();
  const steps = new Map();
  const done = [];
  const undone = [];
  const move = (key, from, to) => {
    const at = from.findLastIndex((step) => step.key === key);
    if (at >= 0) to.push(...from.splice(at, 1));
  };
  [...ops].sort(byTurn).forEach((op, turn) => {
    const before = events.get(op.id) ?? null;
    if (op.op === "put") {
      if (!first.has(op.id)) first.set(op.id, turn);
      events.set(op.id, { ...op.event, id: op.id });
    } else events.delete(op.id);
    if (op.undoes) move(op.undoes, done, undone);
    else if (op.redoes) move(op.redoes, undone, done);
    else {
      const key = op.group ?? op.uid;
      if (!steps.has(key)) {
        steps.set(key, { key, changes: [] });
        done.push(steps.get(key));
        undone.length = 0;
      }
      steps.get(key).changes.push({ op, before });
    }
  });
  const time = (event) => event.t ?? Infinity;
  const order = (a, b) => (time(a) === time(b) ? 0 : time(a) - time(b)) || first.get(a.id) - first.get(b.id);
  return { events: [...events.values()].sort(order), done, undone };
}

/** The events that a log of operations leaves, sorted by time, then by first appearance. */
export const fold = (ops) => replay(ops).events;

/** A recording. Events: "change" (events or head), "sync" (state or count of what is not sent). */
export class Recording extends EventTarget {
  #ops = new Map();
  #replayed = { events: [], done: [], undone: [] };
  #trouble = null;
  #written = Promise.resolve();
  #writing = 0;

  constructor(row, ops) {
    super();
    this.uid = row.uid;
    this.#take(row);
    this.clock = new Clock(row.clock);
    this.#merge(ops);
    bus.addEventListener("message", ({ detail }) => this.#heard(detail));
    // A tab that was frozen has missed what the others said.
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.#refresh(); });
  }

  /** A new recording. `meta` stays on the device: {case, slot, form} of the form that it is for. */
  static async create({ instrument, title = "", class_name = "", rule = {}, plan = null, meta = {} }) {
    const head = {
      instrument, title, class_name, rule, plan, started_at: null, ended_at: null, length_ms: null, at: Date.now(),
    };
    const row = { uid: uuid(), user, meta, head, headSent: 0, n: 0, clock: null };
    await within("readwrite", ({ recordings }) => { recordings.add(row); }, ["recordings"]);
    navigator.storage?.persist?.();
    tell({ changed: row.uid });
    soon();
    return new Recording(row, []);
  }

  /** The recording with this uid, from the device, else from the portal; null when neither gives it to this user. */
  static async load(uid) {
    let found = await stored(uid);
    if (found && found.row.user !== user) return null;
    const theirs = get(`/recordings/${uid}`).then((answer) => adopt(uid, answer)).catch(() => null);
    if (!found) {
      await theirs;
      found = await stored(uid);
    }
    return found && new Recording(found.row, found.ops);
  }

  /** This user's recordings on the device, newest first: {uid, head, meta, count, unsent}. */
  static async list() {
    return within("readonly", async ({ recordings, ops }) => {
      const rows = (await asked(recordings.getAll())).filter((row) => row.user === user);
      const counts = await Promise.all(rows.flatMap(({ uid }) => [
        asked(ops.index("recording").count(everyN(uid))), asked(ops.index("pending").count(everyN(uid))),
      ]));
      return rows
        .map(({ uid, head, meta }, n) => ({ uid, head, meta, count: counts[2 * n], unsent: counts[2 * n + 1] }))
        .sort((a, b) => b.head.at - a.head.at);
    });
  }

  get events() { return this.#replayed.events; }

  /** What is not at the portal yet, what is still on its way to the disk included. */
  get unsent() { return this.#all().filter((op) => op.pending).length + this.#writing; }

  /** Operations that the portal would not take, each with `refused`: the reason. */
  get refused() { return this.#all().filter((op) => op.refused); }

  get state() {
    if (!this.unsent && this.head.at <= this.headSent) return this.refused.length ? "refused" : "saved";
    return this.#trouble ?? (navigator.onLine ? "unsent" : "offline");
  }

  get canUndo() { return this.#replayed.done.length > 0; }

  get canRedo() { return this.#replayed.undone.length > 0; }

  /** Milliseconds since the start, without pauses. */
  get elapsed() { return this.clock.now; }

  get running() { return this.clock.running && !this.head.ended_at; }

  /** All that was done, in order: {op, before} with the event as it was before. */
  history() {
    const events = new Map();
    return this.#all().sort(byTurn).map((op) => {
      const before = events.get(op.id) ?? null;
      if (op.op === "put") events.set(op.id, op.event);
      else events.delete(op.id);
      return { op: plain(op), before };
    });
  }

  // -- changing --------------------------------------------------------------------------------------------

  /** Start the clock; the first `put` without a time does it too. */
  async start() {
    if (this.clock.started) return;
    this.clock.start();
    await this.setHead({ started_at: new Date().toISOString() });
  }

  /** Put one event: {...} is new, {id, ...} changes what is given. Without `t` it is now, with `t: null` not timed.
      Resolves with the event when it is on the disk. */
  async put(event) { return (await this.putAll([event]))[0]; }

  /** Put several at once: one step for undo. */
  async putAll(events) {
    const known = new Map(this.events.map((event) => [event.id, event]));
    const starting = !this.clock.started && events.some(({ id, t }) => t === undefined && !known.has(id));
    if (starting) this.clock.start();
    const now = this.elapsed;
    const whole = events.map((event) => {
      const part = this.clock.part > 1 ? { part: this.clock.part } : {};
      const { t = now, id = uuid(), ...rest } = event;
      return known.has(id) ? { ...known.get(id), ...event } : { id, t, ...part, ...rest };
    });
    const started = starting ? this.setHead({ started_at: new Date().toISOString() }) : null;
    await Promise.all([started, this.#append(whole.map((event) => ({ op: "put", id: event.id, event })))]);
    return whole;
  }

  async drop(id) { return this.dropAll([id]); }

  async dropAll(ids) { return this.#append(ids.map((id) => ({ op: "drop", id }))); }

  async undo() {
    await this.#written;
    const step = this.#replayed.done.at(-1);
    if (!step) return;
    const back = [...step.changes].reverse().map(({ op, before }) => (
      before ? { op: "put", id: op.id, event: before } : { op: "drop", id: op.id }
    ));
    await this.#append(back.map((op) => ({ ...op, undoes: step.key })));
  }

  async redo() {
    await this.#written;
    const step = this.#replayed.undone.at(-1);
    if (!step) return;
    await this.#append(step.changes.map(({ op: { op, id, event } }) => ({
      op, id, ...(event ? { event } : {}), redoes: step.key,
    })));
  }

  async pause() {
    this.clock.pause();
    await this.setHead({});
  }

  async resume() {
    this.clock.resume();
    await this.setHead({});
  }

  async setHead(changes) {
    const clock = this.clock.saved;
    const row = await within("readwrite", async ({ recordings }) => {
      const old = await asked(recordings.get(this.uid));
      const head = { ...old.head, ...changes, at: Math.max(Date.now(), old.head.at + 1) };
      const next = { ...old, head, clock };
      recordings.put(next);
      return next;
    }, ["recordings"]);
    this.#take(row);
    tell({ changed: this.uid, row });
    this.#emit("change", "sync");
    soon();
  }

  /** The lesson is over: stop the clock, note the length, send. */
  async finish() {
    const length_ms = this.clock.started ? this.elapsed : null;
    this.clock.pause();
    await this.setHead({ ended_at: new Date().toISOString(), length_ms });
    sync();
  }

  async sync() {
    await sync();
    return this.state;
  }

  // -- inside ----------------------------------------------------------------------------------------------

  #all() { return [...this.#ops.values()]; }

  #take(row) {
    this.head = row.head;
    this.headSent = row.headSent;
    this.meta = row.meta;
    this.owner = row.user;
  }

  /** What is on its way to the disk is undone as well, not the step before it. */
  #append(changes) {
    this.#writing += changes.length;
    // Nobody reads "saved" while something is on its way.
    this.#emit("sync");
    const writing = this.#write(changes).finally(() => { this.#writing -= changes.length; this.#emit("sync"); });
    this.#written = writing.catch(() => {});
    return writing;
  }

  async #write(changes) {
    if (!changes.length) return;
    const at = Date.now();
    const clock = this.clock.saved;
    const group = changes.length > 1 && !changes[0].undoes && !changes[0].redoes ? { group: uuid() } : {};
    const bodies = changes.map((change) => ({ uid: uuid(), at, ...change, ...group }));
    const ops = await within("readwrite", async (stores) => {
      // The counter is read and raised inside the transaction: two tabs never give the same number.
      const row = await asked(stores.recordings.get(this.uid));
      const numbered = bodies.map((op, i) => ({ ...op, n: row.n + i + 1, recording: this.uid, pending: this.uid }));
      stores.recordings.put({ ...row, n: row.n + bodies.length, clock: clock ?? row.clock });
      for (const op of numbered) stores.ops.add(op);
      return numbered;
    }, ["recordings", "ops"]);
    this.#merge(ops);
    tell({ changed: this.uid, ops });
    this.#emit("change", "sync");
    soon();
  }

  #merge(ops) {
    for (const op of ops) this.#ops.set(op.uid, op);
    this.#replayed = replay(this.#ops.values());
  }

  #emit(...names) { for (const name of names) this.dispatchEvent(new Event(name)); }

  #heard({ own, uid, all, changed, ops, row, sent, headSent, refused, trouble, reason }) {
    if (changed === this.uid && !own) {
      if (ops) this.#merge(ops);
      if (row) {
        this.#take(row);
        this.clock.set(row.clock);
      }
      this.#emit("change", "sync");
    }
    if (uid !== this.uid && !all) return;
    for (const id of sent ?? []) {
      const { pending, ...op } = this.#ops.get(id) ?? {};
      if (op.uid) this.#ops.set(id, refused ? { ...op, refused } : op);
    }
    this.headSent = Math.max(this.headSent, headSent ?? 0);
    if (trouble !== undefined) {
      this.#trouble = trouble;
      this.reason = reason ?? "";
    }
    this.#emit("sync");
  }

  async #refresh() {
    const found = await stored(this.uid);
    if (!found || (found.ops.length === this.#ops.size && found.row.head.at === this.head.at)) return;
    this.#take(found.row);
    this.clock.set(found.row.clock);
    this.#merge(found.ops);
    this.#emit("change", "sync");
  }
}

async function stored(uid) {
  return within("readonly", async ({ recordings, ops }) => {
    const row = await asked(recordings.get(uid));
    return row && { row, ops: await asked(ops.index("recording").getAll(everyN(uid))) };
  });
}

/** Take over what the portal has of a recording: operations of another device, or a newer head. */
async function adopt(uid, { head, ops }) {
  const fresh = await within("readwrite", async (stores) => {
    const row = (await asked(stores.recordings.get(uid)))
      ?? { uid, user, meta: {}, head, headSent: head.at, n: 0, clock: null };
    const known = new Set(await asked(stores.ops.index("recording").getAllKeys(everyN(uid))));
    // The index gives primary keys, the uids of the operations.
    const added = ops.filter((op) => !known.has(op.uid)).map((op) => ({ ...op, recording: uid }));
    for (const op of added) stores.ops.put(op);
    // The operation that reaches furthest into the lesson, which an undo or a correction made later does not.
    const last = ops.reduce((late, op) => ((op.event?.t ?? -1) > (late.event?.t ?? -1) ? op : late), { at: 0 });
    const clock = row.clock ?? clockOf(head, last);
    const newer = head.at > row.head.at;
    const next = {
      ...row, clock, head: newer ? head : row.head, headSent: Math.max(row.headSent, head.at),
      n: Math.max(row.n, ...ops.map((op) => op.n)),
    };
    stores.recordings.put(next);
    return added.length || newer ? { ops: added, row: next } : null;
  }, ["recordings", "ops"]);
  if (fresh) bus.dispatchEvent(new CustomEvent("message", { detail: { changed: uid, ...fresh } }));
}

/** Where the clock of a recording from another device stands: at its last operation. */
function clockOf(head, last) {
  if (!head.started_at) return null;
  const wall = last.at || Date.parse(head.started_at);
  return { t: last.event?.t ?? 0, wall, paused: Boolean(head.ended_at), part: last.event?.part ?? 1 };
}

/** How many recordings of other accounts wait on this device; they are neither shown nor sent. */
export async function strangers() {
  const rows = await within("readonly", ({ recordings }) => asked(recordings.getAll()), ["recordings"]);
  return rows.filter((row) => row.user !== user).length;
}

// -- seating plans -----------------------------------------------------------------------------------------

const planRows = () => within("readonly", ({ plans: rows }) => asked(rows.getAll()), ["plans"])
  .then((rows) => rows.filter((row) => row.user === user));

/** This user's seating plans: {uid, name, version, data, dirty, stale, theirs}; fresh from the portal when it answers. */
export async function plans() {
  const answer = await get("/plans").catch(() => null);
  if (answer) {
    await within("readwrite", async ({ plans: rows }) => {
      for (const theirs of answer.plans ?? answer) {
        const own = await asked(rows.get(theirs.uid));
        if (!own?.dirty && own?.version !== theirs.version) rows.put({ ...theirs, user });
      }
    }, ["plans"]);
  }
  return (await planRows()).sort((a, b) => a.name.localeCompare(b.name));
}

/** Keep a plan on the device and send it; give `version` of `theirs` to settle a stale one. */
export async function savePlan({ uid = uuid(), name, version = 0, data }) {
  const row = { uid, user, name, version, data, dirty: true, changed: uuid() };
  await within("readwrite", async ({ plans: rows }) => {
    const old = await asked(rows.get(uid));
    if (old && old.user !== user) throw new Error("another account's plan");
    // An editor that is still open knows the version it began with; this device's own saves have raised it since.
    if (old?.passed?.includes(version)) Object.assign(row, { version: old.version, passed: old.passed });
    rows.put(row);
  }, ["plans"]);
  tell({ plan: uid });
  sync();
  return row;
}

sync();
