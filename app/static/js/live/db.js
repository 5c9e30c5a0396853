/** IndexedDB with promises, and the line between the tabs of one browser. */

const STORES = ["recordings", "ops", "plans"];

const asked = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

let opened;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("portal-observations", 1);
    request.onupgradeneeded = () => {
      const db = request.result;
      db.createObjectStore("recordings", { keyPath: "uid" });
      db.createObjectStore("plans", { keyPath: "uid" });
      const ops = db.createObjectStore("ops", { keyPath: "uid" });
      ops.createIndex("recording", ["recording", "n"]);
      // Only what is not sent yet has `pending`; the rest is not in this index at all.
      ops.createIndex("pending", ["pending", "n"]);
    };
    request.onsuccess = () => {
      const db = request.result;
      db.onclose = () => { opened = undefined; };
      db.onversionchange = () => { db.close(); opened = undefined; };
      resolve(db);
    };
    request.onerror = () => { opened = undefined; reject(request.error); };
  });
  return opened;
}

/** Run `work(stores)` in one transaction and resolve with its result once that is on the disk.
    Inside, await nothing but `asked(...)`; transactions run in the order of the calls, over all tabs. */
export async function within(mode, work, names = STORES) {
  const db = await open();
  // "strict": a tap survives an empty battery, not only a closed tab.
  const transaction = db.transaction(names, mode, { durability: "strict" });
  const done = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error ?? new Error("aborted"));
  });
  try {
    const result = await work(Object.fromEntries(names.map((name) => [name, transaction.objectStore(name)])));
    // At once, and not when the answers are in: the page may be closed in between.
    try { transaction.commit?.(); } catch { /* it commits by itself */ }
    await done;
    return result;
  } catch (error) {
    done.catch(() => {});
    try { transaction.abort(); } catch { /* it is over already */ }
    throw error;
  }
}

export { asked };

export const everyN = (uid) => IDBKeyRange.bound([uid, 0], [uid, Infinity]);

/** uuid 4; `randomUUID` is missing where a school opens the portal without https. */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  return [...bytes].map((byte, n) => ([4, 6, 8, 10].includes(n) ? "-" : "") + byte.toString(16).padStart(2, "0")).join("");
}

/** Messages about recordings and plans: heard in this tab (`own: true`) and in all others. */
export const bus = new EventTarget();
const channel = globalThis.BroadcastChannel ? new BroadcastChannel("portal-observations") : null;
const say = (detail) => bus.dispatchEvent(new CustomEvent("message", { detail }));
if (channel) channel.onmessage = ({ data }) => say(data);

export function tell(message) {
  channel?.postMessage(message);
  say({ ...message, own: true });
}
