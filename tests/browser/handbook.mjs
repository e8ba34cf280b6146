// Makes the handbooks' pictures from a demonstration city that runs: `vonglau demo --incidents 1` in one terminal, then here
//   node handbook.mjs http://127.0.0.1:8080 ../../docs/handbook/img
// Each is WebP of 1280 × 800 in Vietnamese and in the light set, and shows that it is simulated.
import assert from "node:assert/strict";
import { statSync, writeFileSync } from "node:fs";
import { WAIT, browser, drawn, go, prove, questions, sel, shots, url } from "./common.mjs";

const QUALITY = 62;
/** What all pictures together may take. */
const MOST_BYTES = 1_500_000;

const first = (selector) => async (page) => {
  await page.locator(`${selector}:visible`).first().click();
};

/** Name, address, what is waited for, and what is done before the picture is taken. */
const PICTURES = [
  ["room", "#/", '[data-testid="figure"]'],
  ["explain", "#/", '[data-testid="figure"]', first('[data-key="wait_day"] .explained')],
  ["wall", "#/wall", sel("glance-face")],
  ["alerts", "#/alerts", '[data-testid="desk-panes"] [role="option"]', first('[data-testid="desk-panes"] [role="option"]')],
  ["dossiers", "#/dossiers?overdue=true", sel("dossiers-total")],
  ["index", "#/index", sel("estimate")],
  ["planner", "#/planner?show=gaps", sel("gap"), first(sel("gap"))],
  ["day", "#/day?site=00004", ".day-totals > div"],
  ["briefing", "#/briefing", '[data-testid="paper"] h2'],
];

async function take() {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: "light", serviceWorkers: "block" });
  const page = await context.newPage();
  const asked = questions(page);
  const devtools = await context.newCDPSession(page);
  await page.goto(url);
  await page.waitForSelector('[data-testid="figure"]', WAIT);
  let all = 0;
  for (const [name, hash, wanted, then] of PICTURES) {
    await go(page, hash);
    await page.waitForSelector(`${wanted}:visible`, { timeout: 60_000 });
    await then?.(page);
    await drawn(page, asked, 8_000);
    // Maps are drawn after what they are asked of has come.
    await page.waitForTimeout(2_500);
    const simulated = await page.evaluate(() => [...document.querySelectorAll(".simulated, .glance-simulated")].some((one) => one.checkVisibility()));
    assert.ok(simulated, `${name} says that it is simulated`);
    const { data } = await devtools.send("Page.captureScreenshot", { format: "webp", quality: QUALITY });
    const path = `${shots}/${name}.webp`;
    writeFileSync(path, Buffer.from(data, "base64"));
    all += statSync(path).size;
    await page.evaluate(() => { for (const one of document.querySelectorAll("dialog[open]")) one.close(); });
  }
  assert.ok(all < MOST_BYTES, `all pictures take ${all} bytes`);
  console.log(`${PICTURES.length} pictures, ${all} bytes`);
}

await prove(take);
