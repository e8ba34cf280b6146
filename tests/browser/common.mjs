// What the scripts of this folder share: Chromium, pages of it whose complaints are kept, events posted, and what is
// looked for on a page. Each script is run with the server's URL and the directory for screenshots.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

export const [url, shots] = process.argv.slice(2);

/** A point, the one that keeps silent, and the agency that the dossiers are with. */
export const SITE = "00004";
export const SILENT = "00008";
export const AGENCY = "dept/justice";

const WALL = { width: 1920, height: 1080 };
const DESK = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
export const SIZES = [WALL, PHONE];
export const ALL_SIZES = [WALL, DESK, PHONE];
export const ON_WALL = [WALL];

export const WAIT = { timeout: 15_000 };
export const LIVE = '[data-testid="connection"][data-state="live"]';

/** What every dossier of these scripts is filed as. */
export const FILED = { procedure: "1.001", field: "land", site: SITE, agency: AGENCY, has_fee: true };

/** What is accepted with a due date, `11-24T16:00`. */
export const due = (time) => ({ due_at: `2026-${time}:00+07:00` });

/** An event of November 2026, `24T16:00`. */
export const event = (id, type, time, data) => ({ specversion: "1.0", id, source: "browser", type, time: `2026-11-${time}:00+07:00`, data });

/** Events of dossiers' steps: code, step, time, data. */
export const stepsOf = (id, steps) => steps.map(([dossier, step, time, data], n) => event(`${id}-${n}`, `dossier.${step}`, time, { dossier, ...data }));

/** Posts events, of which none may be refused; gives back how many were not known yet. */
export async function post(events) {
  const answer = await fetch(`${url}/api/v1/events`, {
    method: "POST",
    headers: { "content-type": "application/x-ndjson" },
    body: events.map((one) => `${JSON.stringify(one)}\n`).join(""),
  });
  assert.equal(answer.status, 200);
  const { accepted, duplicate, rejected } = await answer.json();
  assert.equal(accepted + duplicate, events.length, JSON.stringify(rejected));
  return accepted;
}

/** Chromium, headless. */
const launched = () =>
  chromium.launch({
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

/** A second try for a Chromium that dies while it starts, before any page is asked for: seen as a SIGSEGV on a busy machine. */
export const browser = await launched().catch((error) => {
  console.error(`Chromium did not start and is started again: ${String(error).split("\n")[0]}`);
  return launched();
});

/** Runs what a script proves, one after another, and lets go of Chromium however it ends. */
export async function prove(...all) {
  try {
    for (const one of all) await one();
  } finally {
    await browser.close();
  }
}

/**
 * At each size a window of its own in which the room is live, to be walked from. Nothing may be complained of but
 * answers of the status that is asked for on purpose. `before` is given the page before it asks for anything; `ready` is what
 * is waited for instead of the live room; `first` is the page that is opened first, where the room and its map are not needed.
 */
export const at = (sizes, walk, { refused = null, before = async () => null, ready = LIVE, first = "" } = {}) => async () => {
  for (const size of sizes) {
    const context = await browser.newContext({ viewport: size, acceptDownloads: true, serviceWorkers: "block" });
    const page = await context.newPage();
    const complaints = [];
    page.on("console", (message) => {
      if (message.type() === "error" && (refused === null || !message.text().includes(refused))) complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    const given = await before(page);
    await page.goto(`${url}/${first}`, { waitUntil: "load" });
    await page.waitForSelector(ready, { state: "attached", timeout: 20_000 });
    try {
      await walk(page, given);
    } catch (error) {
      // What was seen when it went wrong says more than the words alone.
      await page.screenshot({ path: `${shots}/failed-${size.width}x${size.height}.png` });
      throw error;
    }
    assert.deepEqual(complaints, [], "no error in the console");
    await context.close();
  }
};

export const sel = (testid) => `[data-testid="${testid}"]`;
export const row = (table, key) => `${sel(table)} tr[data-key="${key}"]`;
// Every page has a head of the same make: what is meant is the one in sight.
export const inSight = (selector) => `main:not(.room, [hidden]) ${selector}`;
export const text = (page, testid) => page.textContent(inSight(sel(testid)));
export const hash = (page) => new URL(page.url()).hash;
export const go = (page, to) => page.evaluate((one) => { location.hash = one; }, to);

/** Waits until what is found by a selector says so. */
export const says = (page, selector, words) =>
  page.waitForFunction(([one, sought]) => document.querySelector(one)?.textContent?.includes(sought), [selector, words], WAIT);

export async function enter(page, selector) {
  await page.focus(selector);
  await page.keyboard.press("Enter");
}

/** How many questions are out, by a page that is told of each; the line of live views is none of them. */
export function questions(page) {
  const asked = { out: 0 };
  page.on("request", () => { asked.out += 1; });
  for (const end of ["requestfinished", "requestfailed"]) page.on(end, () => { asked.out -= 1; });
  return asked;
}

/** Two frames: what was done has been drawn, and what follows from it asked for. */
export const frames = (page) => page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(() => { setTimeout(done, 30); })); }));

/** Until everything is answered, or has had its time, and what was answered is drawn. */
export async function drawn(page, asked, most = 600) {
  await frames(page);
  for (const until = Date.now() + most; asked.out > 0 && Date.now() < until;) await page.waitForTimeout(30);
  await frames(page);
}

export async function fits(page) {
  const [wide, width] = await page.evaluate(() => [document.documentElement.scrollWidth - window.innerWidth, window.innerWidth]);
  assert.ok(wide <= 0, `nothing lies outside a page of ${width}: ${wide} px too wide`);
}

/** When a step is done, told where it is asked for: `TIMES=1`. */
export const timed = (what) => { if (process.env.TIMES !== undefined) console.error(`${(performance.now() / 1000).toFixed(1)} s ${what}`); };

/** What is seen, on a page that fits; `whole` of it, or of one part alone. */
export async function seen(page, name, { whole = false, part = null } = {}) {
  await fits(page);
  timed(`${name} is there`);
  const { width, height } = page.viewportSize();
  const path = `${shots}/${name}-${width}x${height}.png`;
  if (part === null) await page.screenshot({ path, fullPage: whole });
  else await page.locator(part).screenshot({ path });
  timed(`${name} is taken`);
}

/** Downloads by a button or a link; gives back the file's name and its lines. */
export async function download(page, testid) {
  const [file] = await Promise.all([page.waitForEvent("download"), page.click(sel(testid))]);
  let csv = "";
  for await (const chunk of await file.createReadStream()) csv += chunk;
  return { name: file.suggestedFilename(), lines: csv.trim().split(/\r?\n/) };
}
