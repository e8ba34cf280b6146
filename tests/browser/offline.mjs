// The page while the server is away: it opens from this machine, says so and since when, shows no figure, and is live again by itself.
// The server is reached through a door of this script's own, which can be shut. Everything here is simulated.
// Arguments: the server's URL, the directory for screenshots. Exit 0, or 1 with what went wrong.
import assert from "node:assert/strict";
import net from "node:net";
import { LIVE, browser, fits, prove, says, sel, shots, url } from "./common.mjs";

/** Hands connections on to the server, until it is shut; then nobody is there. */
function door(port = 0) {
  const to = new URL(url);
  const through = new Set();
  const server = net.createServer((from) => {
    const there = net.connect(Number(to.port), to.hostname);
    for (const [one, other] of [[from, there], [there, from]]) {
      through.add(one);
      one.pipe(other);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        through.delete(one);
        other.destroy();
      });
    }
  });
  const opened = new Promise((done) => { server.listen(port, "127.0.0.1", () => done(server.address().port)); });
  const shut = () => new Promise((done) => {
    server.close(done);
    for (const one of through) one.destroy();
  });
  return { opened, shut };
}

async function away() {
  const first = door();
  const port = await first.opened;
  const here = `http://127.0.0.1:${port}`;
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, serviceWorkers: "allow" });
  const page = await context.newPage();
  await page.goto(here);
  await page.waitForSelector(LIVE, { state: "attached", timeout: 20_000 });
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  // With the worker before it, the page is asked for once more and all of it is kept.
  await page.reload();
  await page.waitForSelector(LIVE, { state: "attached", timeout: 20_000 });
  const kept = await page.evaluate(async () => {
    const names = await caches.keys();
    const all = await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname)));
    return { builds: names.length, paths: all.flat() };
  });
  assert.equal(kept.builds, 1, "files of one build");
  assert.ok(kept.paths.includes("/") && kept.paths.some((one) => /^\/assets\/index-.*\.js$/.test(one)), "the shell is kept");
  assert.deepEqual(kept.paths.filter((one) => one.startsWith("/api") || one.startsWith("/ws")), [], "and no figure is");

  await first.shut();
  await page.reload({ waitUntil: "load" });
  await page.waitForSelector(`${sel("lost-banner")}:not([hidden])`);
  await says(page, sel("lost-banner"), "Máy này có số liệu lần cuối lúc");
  assert.equal(await page.getAttribute(sel("connection"), "data-state"), "reconnecting");
  assert.equal(await page.locator('[data-testid="figure"]').count(), 0, "no old figure stands there as though it were of now");
  await fits(page);
  await page.screenshot({ path: `${shots}/offline-390x844.png` });

  const again = door(port);
  await again.opened;
  await page.waitForSelector(LIVE, { state: "attached", timeout: 40_000 });
  await page.waitForSelector('[data-testid="figure"]');
  assert.equal(await page.locator(`${sel("lost-banner")}:not([hidden])`).count(), 0);
  await context.close();
  await again.shut();
}

await prove(away);
