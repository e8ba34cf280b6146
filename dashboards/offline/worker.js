// The service worker: the page opens again while the server is away, and then says so. It keeps the shell alone, the files of one
// build, under that build's name; figures it never keeps: what is asked of /api and /ws does not pass through it at all.
// `BUILD` and `SHELL` are put in by vite.config.ts.
const BUILD = "vonglau-__BUILD__";
const SHELL = __SHELL__;
/** A proxy before a server that is away. */
const AWAY = [502, 503, 504];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(BUILD).then((cache) => cache.addAll(SHELL.map((path) => new Request(path, { cache: "no-cache" })))).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter((name) => name !== BUILD).map((name) => caches.delete(name)))).then(() => self.clients.claim()));
});

/** What never changes under its name: kept once it has come. */
async function kept(request) {
  const found = await caches.match(request);
  if (found !== undefined) return found;
  const answer = await fetch(request);
  if (answer.ok) await (await caches.open(BUILD)).put(request, answer.clone());
  return answer;
}

/** The server's own, and what is kept only where it does not answer. */
async function fresh(request, path) {
  const instead = () => caches.match(path);
  try {
    const answer = await fetch(request);
    return AWAY.includes(answer.status) ? (await instead()) ?? answer : answer;
  } catch (error) {
    const found = await instead();
    if (found === undefined) throw error;
    return found;
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (pathname.startsWith("/assets/")) event.respondWith(kept(request));
  else if (request.mode === "navigate" && (pathname === "/" || pathname === "/index.html")) event.respondWith(fresh(request, "/"));
  else if (SHELL.includes(pathname) && pathname !== "/") event.respondWith(fresh(request, pathname));
});
