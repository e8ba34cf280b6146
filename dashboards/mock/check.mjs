// The room in a real browser, against the mock: `npm run build && npm run check`. It says what it has seen, and
// fails on the first thing that is not so, on an error in the console, or on a request to another host.
import assert from "node:assert/strict";
import { openRoom } from "./browser.mjs";

const { page, order, complaints, close } = await openRoom({ port: 8093, viewport: { width: 1920, height: 1080 } });
const seen = (what) => console.log(`ok  ${what}`);
const state = (name) => page.waitForSelector(`[data-testid=connection][data-state=${name}]`, { timeout: 40_000 });
const waiting = async (site) => Number(await page.getAttribute(`[data-testid=site-row][data-site="${site}"]`, "data-waiting"));
const until = (site, n) => page.waitForSelector(`[data-testid=site-row][data-site="${site}"][data-waiting="${n}"]`, { timeout: 10_000 });

await state("live");
await page.waitForSelector("[data-testid=map][data-marks='156']", { timeout: 60_000 });
await order("hold");
await page.waitForTimeout(1500);
seen("live, and 156 marks on the map");

assert.equal(await page.evaluate(() => document.documentElement.scrollHeight), 1080);
assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 1920);
seen("the wall does not scroll");

assert.ok(await page.isVisible("[data-testid=simulated]"));
for (const value of await page.locator("[data-testid=figure]").evaluateAll((nodes) => nodes.map((node) => node.dataset.value))) assert.ok(value);
seen("simulated is said, every figure has a value");

const before = await waiting("00008");
await order("issue?site=00008");
await until("00008", before + 1);
seen("a ticket changes its point's row");

await page.keyboard.press("f");
await page.keyboard.type("ngoc ha");
// The ward's own point, and the branch that stands in it.
await page.waitForFunction(() => document.querySelectorAll("[data-testid=site-row]").length <= 2);
const found = await page.locator("[data-testid=site-row]").evaluateAll((rows) => rows.map((row) => row.dataset.site));
assert.deepEqual([...found].sort(), ["00008", "CN01"]);
for (let i = 0; i <= found.indexOf("00008"); i += 1) await page.keyboard.press("ArrowDown");
await page.keyboard.press("Enter");
await page.waitForSelector("[data-testid=site-panel][data-site='00008'] [data-testid=panel-waiting]");
assert.equal(new URL(page.url()).hash, "#/site/00008");
assert.equal(Number(await page.textContent("[data-testid=panel-waiting]")), before + 1);
seen("found without marks and opened by keyboard");

await order("issue?site=00008");
await page.waitForFunction((n) => document.querySelector("[data-testid=panel-waiting]")?.textContent === String(n), before + 2);
await page.keyboard.press("Escape");
await page.keyboard.press("Escape");
await page.waitForSelector("[data-testid=site-panel]", { state: "hidden", timeout: 5_000 });
await page.fill("[data-testid=search]", "");
seen("the panel follows, and Esc closes it");

await order("away?seconds=4");
await state("reconnecting");
await page.waitForSelector("[data-testid=lost-banner]");
await order("issue?site=00008");
await state("live");
await until("00008", before + 3);
await page.waitForSelector("[data-testid=lost-banner]", { state: "hidden", timeout: 5_000 });
seen("a loss is shown, recovers and catches up");

await order("restart");
await order("issue?site=00008");
await until("00008", before + 4);
await state("live");
seen("a restart of the server is followed");

await page.click("[data-testid=lang-en]");
await page.waitForSelector("html[lang=en]");
assert.equal(await page.textContent("[data-testid=figure][data-key=waiting] h3"), "People waiting");
await page.reload();
await page.waitForSelector("html[lang=en]");
await state("live");
seen("the language is switched and kept");

await page.evaluate(() => { location.hash = "#/site/none"; });
await page.waitForFunction(() => document.querySelector(".panel-note")?.textContent === "The server does not know this point.");
seen("an unknown point is said to be unknown");

// A socket that is refused is reported by the browser itself; that is what a loss looks like.
const others = complaints.filter((line) => !line.includes("WebSocket connection"));
await close();
assert.deepEqual(others, []);
seen("no error in the console, no other host");
