// Keeps the page for when there is no network: practice then goes on as before. What is shown comes from the network
// whenever there is one; only files whose names hold a hash are taken from the cache first, because they never change.
// The build fills in the names and a version that changes with them.
const CACHE = "perihelion-/* version */";
const FILES = [/* files */];
const PAGES = ["/", "/practice", "/replay"];

addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)).then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  const outdated = (name) => name.startsWith("perihelion-") && name !== CACHE;
  const tidy = (names) => Promise.all(names.filter(outdated).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(tidy));
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate" && PAGES.includes(url.pathname)) {
    event.respondWith(fetch(request).catch(() => kept("/")));
  } else if (FILES.includes(url.pathname) && url.pathname !== "/") {
    event.respondWith(kept(url.pathname).then((answer) => answer ?? fetch(request)));
  }
});

async function kept(path) {
  const cache = await caches.open(CACHE);
  return cache.match(path);
}
