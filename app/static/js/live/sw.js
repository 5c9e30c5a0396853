/** The tool box without a network. Before this text the portal writes: VERSION, OWN (scripts and style sheets under
    the address of their release), LOOK (what every page shares) and SHELLS (the pages to keep). Answers of the API,
    and pages that say something about a person, are never kept. */
/* global VERSION, OWN, LOOK, SHELLS */

const CODE = `portal-live-${VERSION}`;
const KEPT = "portal-live-pages";
const AWAY = "/toolbox/offline/";
const PATIENCE = 5000;
const OWN_PATH = /\/toolbox\/files\/(\w+)\//;

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim().then(tidy)));

// A page outside the tool box saw somebody else signed in: the kept pages are to be theirs.
self.addEventListener("message", (event) => { if (event.data === "fill") event.waitUntil(fill()); });

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (SHELLS.includes(pathname)) event.respondWith(page(event, pathname));
    else event.respondWith(fetch(request).catch(async (error) => (await caches.match(AWAY)) ?? Promise.reject(error)));
  } else if (OWN_PATH.test(pathname) || LOOK.includes(pathname)) event.respondWith(file(request));
});

async function install() {
  const code = await caches.open(CODE);
  await code.addAll([...OWN, ...LOOK].map((path) => new Request(path, { cache: "reload" })));
  await fill();
  await self.skipWaiting();
}

/** Of another release, whose own worker keeps it together with its files. */
function strange(text) {
  const release = text.match(OWN_PATH)?.[1];
  return Boolean(release) && release !== VERSION;
}

/** Keep every page of capture, as it stands for who is signed in; signed out, the pages kept before stay. */
async function fill() {
  const kept = await caches.open(KEPT);
  await Promise.all(SHELLS.map(async (path) => {
    const response = await fetch(path, { redirect: "manual", credentials: "same-origin" }).catch(() => null);
    if (response?.ok && !strange(await response.clone().text())) await kept.put(path, response);
  }));
}

/** Network first, so that a new release, another language or another user is seen at once. */
async function page(event, path) {
  const pages = await caches.open(KEPT);
  const kept = await pages.match(path);
  const network = fetch(event.request).then(async (response) => {
    if (response.ok) event.waitUntil(keep(pages, path, kept?.clone(), response.clone()));
    return response;
  });
  if (!kept) return network;
  const late = new Promise((resolve) => { setTimeout(resolve, PATIENCE); });
  const response = await Promise.race([network.catch(() => null), late]);
  return response && response.status < 500 ? response : kept;
}

async function keep(pages, path, old, response) {
  const marks = (text) => [/<html lang="([^"]*)/, /data-user="([^"]*)/, OWN_PATH].map((mark) => text.match(mark)?.[1]).join(" ");
  const text = await response.clone().text();
  if (strange(text)) return;
  await pages.put(path, response);
  if (!old || marks(await old.text()) !== marks(text)) await fill().then(tidy);
}

/** Files never change under their address; what an older kept page asks for is still in the older store. */
async function file(request) {
  const code = await caches.open(CODE);
  return (await code.match(request, { ignoreVary: true })) ?? (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

/** Throw away the files of releases that no kept page uses. */
async function tidy() {
  const pages = await caches.open(KEPT);
  const texts = await Promise.all((await pages.matchAll()).map((response) => response.text()));
  const used = new Set([VERSION, ...texts.map((text) => text.match(OWN_PATH)?.[1])]);
  for (const name of await caches.keys()) {
    const release = name.match(/^portal-live-(?!pages)(\w+)$/)?.[1];
    if (release && !used.has(release)) await caches.delete(name);
  }
}
