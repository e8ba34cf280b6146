// Opens the room, posts tickets over HTTP and looks whether the right point changes.
// Arguments: the server's URL, the directory for screenshots. Exit 0, or 1 with what went wrong.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const [url, shots] = process.argv.slice(2);
const SITE = "00004";
const LIVE = '[data-testid="connection"][data-state="live"]';
const SIZES = [
  { width: 1920, height: 1080 },
  { width: 390, height: 844 },
];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--headless",
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    // A machine without a graphics card still draws the map.
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
  ],
});

let posted = 0;

/** Posts a ticket issued at a site; the event clock moves on by it. */
async function postTicket(site) {
  posted += 1;
  const time = `2026-11-23T08:20:${String(posted).padStart(2, "0")}+07:00`;
  await post("ticket.issued", time, `browser-${posted}`, { site, ticket: `B${posted}`, service: "certification" });
}

/** Posts an event that is not known yet. */
async function post(type, time, id, data) {
  const event = { specversion: "1.0", id, source: "browser", type, time, data };
  const answer = await fetch(`${url}/api/v1/events`, {
    method: "POST",
    headers: { "content-type": "application/x-ndjson" },
    body: `${JSON.stringify(event)}\n`,
  });
  assert.equal(answer.status, 200);
  assert.equal((await answer.json()).accepted, 1);
}

/** The people waiting that the page shows for a site, or null where the list does not show it. */
async function shownWaiting(page, site) {
  return page.evaluate((id) => {
    const row = document.querySelector(`[data-testid="site-row"][data-site="${id}"]`);
    return row === null ? null : row.getAttribute("data-waiting");
  }, site);
}

async function untilWaiting(page, site, waiting) {
  const selector = `[data-testid="site-row"][data-site="${site}"][data-waiting="${waiting}"]`;
  await page.waitForSelector(selector, { state: "attached", timeout: 15_000 });
}

/** Puts the page's WebSocket in our hands: `cut` closes it and holds new ones back until `mend`. */
async function cuttable(page) {
  let current = null;
  let held = Promise.resolve();
  let release = () => {};
  await page.routeWebSocket(/\/ws/, async (socket) => {
    await held;
    socket.connectToServer();
    current = socket;
  });
  return {
    cut() {
      held = new Promise((resolve) => (release = resolve));
      void current.close({ code: 4000 });
    },
    mend() {
      release();
    },
  };
}

/** A page of one size: live, changed by a ticket at its site and by that alone. */
async function look(size) {
  const context = await browser.newContext({ viewport: size });
  const page = await context.newPage();
  const complaints = [];
  const outside = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    const to = new URL(request.url());
    if (["http:", "https:", "ws:", "wss:"].includes(to.protocol) && to.host !== new URL(url).host) outside.push(request.url());
  });

  const line = await cuttable(page);
  await page.goto(url, { waitUntil: "load" });
  await page.waitForSelector(LIVE, { state: "attached", timeout: 20_000 });
  const before = Number(await shownWaiting(page, SITE));
  assert.equal(before, 1 + posted, "the page shows who waits already");
  await postTicket(SITE);
  await untilWaiting(page, SITE, before + 1);
  assert.notEqual(await shownWaiting(page, "00008"), String(before + 1), "another point does not change");

  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(wide <= 0, `nothing lies outside a page of ${size.width}: ${wide} px too wide`);
  await page.screenshot({ path: `${shots}/room-${size.width}x${size.height}.png` });

  // A lost connection is shown, recovers, and catches up.
  line.cut();
  await page.waitForSelector('[data-testid="connection"]:not([data-state="live"])', { state: "attached", timeout: 20_000 });
  await postTicket(SITE);
  line.mend();
  await page.waitForSelector(LIVE, { state: "attached", timeout: 30_000 });
  await untilWaiting(page, SITE, before + 2);

  assert.deepEqual(complaints, [], "no error in the console");
  assert.deepEqual(outside, [], "no outside host is asked");
  await context.close();
}

/** A dossier that is overdue after a supplement, from the room to the reason of every span. */
async function walkToDossier(size, n) {
  const dossier = `000.00.25.H26-261116-${String(n).padStart(4, "0")}`;
  const steps = [
    ["submitted", "2026-11-16T09:00", { procedure: "1.001", field: "land", site: SITE, agency: "dept/justice" }],
    ["accepted", "2026-11-16T10:00", { due_at: "2026-11-18T10:00:00+07:00" }],
    ["supplement_requested", "2026-11-17T08:00", {}],
    ["supplemented", "2026-11-17T17:00", {}],
  ];
  for (const [step, time, data] of steps) {
    await post(`dossier.${step}`, `${time}:00+07:00`, `browser-${n}-${step}`, { dossier, ...data });
  }
  const context = await browser.newContext({ viewport: size });
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => {
    // A code that nobody knows is asked for on purpose.
    if (message.type() === "error" && !message.text().includes("404")) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(url, { waitUntil: "load" });
  await page.waitForSelector(LIVE, { state: "attached", timeout: 20_000 });
  await page.click('[data-testid="to-dossiers"]');
  await page.fill('[data-testid="dossier-search"]', "no-such-code");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector(".dossier-note")?.textContent?.includes("no-such-code. Kiểm tra"));
  await page.fill('[data-testid="dossier-search"]', dossier);
  await page.keyboard.press("Enter");
  await page.waitForSelector('[data-testid="span"]', { timeout: 15_000 });
  const spans = await page.$$eval('[data-testid="span"]', (nodes) => nodes.map((node) => [node.dataset.phase, node.textContent]));
  assert.deepEqual(spans.map(([phase]) => phase), ["awaiting_reception", "running", "awaiting_supplement", "running", "overdue"]);
  for (const [, text] of spans) assert.match(text, /Do: .*\d\d:\d\d/, "each names its event and when");
  assert.match(await page.textContent('[data-testid="dossier-state"]'), /quá hạn/);
  assert.match(await page.textContent('[data-testid="spans"]'), /tạm dừng/);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(wide <= 0, `nothing lies outside a page of ${size.width}: ${wide} px too wide`);
  await page.screenshot({ path: `${shots}/dossier-${size.width}x${size.height}.png`, fullPage: true });
  await page.click(".dossier-back");
  await page.waitForSelector('[data-testid="dossier-page"]', { state: "hidden" });
  assert.deepEqual(complaints, [], "no error in the console");
  await context.close();
}

try {
  for (const size of SIZES) await look(size);
  for (const [n, size] of SIZES.entries()) await walkToDossier(size, n + 1);
} finally {
  await browser.close();
}
