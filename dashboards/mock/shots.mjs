// Screenshots of the room in its states, for looking at: `npm run build && npm run shots [-- OUT]`.
// It starts the mock itself, and fails when the page writes an error to the console or asks another host.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { newPage, startBrowser, startMock } from "./browser.mjs";

const OUT = process.argv[2] ?? "/tmp/vonglau-shots";
const ONLY = process.argv[3];
const WALL = { width: 1920, height: 1080 };
const PHONE = { width: 390, height: 844 };

mkdirSync(OUT, { recursive: true });
const { at, order, stop } = await startMock(8091);
const browser = await startBrowser();
const complaints = [];

async function shot(name, viewport, lang, work = async () => {}, fullPage = false) {
  if (ONLY && !name.includes(ONLY)) return;
  const page = await newPage(browser, viewport, complaints, name);
  await page.addInitScript((l) => localStorage.setItem("vonglau.lang", l), lang);
  await page.goto(at);
  await page.waitForSelector("[data-testid=connection][data-state=live]");
  await page.waitForSelector("[data-testid=map][data-marks]", { timeout: 60_000 });
  await work(page);
  await page.waitForTimeout(1500);
  await page.screenshot({ path: join(OUT, `${name}.png`), fullPage });
  await page.context().close();
  console.log(name);
}

const open = (site) => async (page) => {
  await page.evaluate((id) => { location.hash = `#/site/${id}`; }, site);
  await page.waitForSelector("[data-testid=panel-waiting]");
};
const first = (state) => async (page) => {
  const id = await page.locator(`[data-testid=site-row][data-state=${state}]`).first().getAttribute("data-site");
  await open(encodeURIComponent(id))(page);
};
const coverage = (mode) => async (page) => {
  await page.click(`[data-testid=coverage-${mode}]`);
  await page.waitForSelector("[data-testid=coverage-legend] li", { timeout: 60_000 });
  await page.waitForTimeout(9000);
};

await shot("wall-vi", WALL, "vi");
await shot("wall-en", WALL, "en");
await shot("wall-vi-panel", WALL, "vi", first("over"));
await shot("wall-en-panel-busy", WALL, "en", first("busy"));
await shot("wall-vi-panel-nodata", WALL, "vi", first("no_data"));
await shot("wall-vi-panel-board", WALL, "vi", open(encodeURIComponent("waw/wola")));
await shot("wall-vi-unknown", WALL, "vi", async (page) => { await page.evaluate(() => { location.hash = "#/site/zzz"; }); });
await shot("wall-vi-coverage", WALL, "vi", coverage("covered"));
await shot("wall-en-minutes", WALL, "en", coverage("minutes"));
await shot("wall-vi-inner", WALL, "vi", async (page) => {
  await page.click("[data-testid=map-inner]");
  await page.waitForTimeout(1500);
});
await shot("wall-vi-tooltip", WALL, "vi", async (page) => {
  await first("busy")(page);
  const box = await page.locator("[data-testid=map]").boundingBox();
  await page.waitForTimeout(3000);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
});
await shot("wall-vi-search", WALL, "vi", async (page) => {
  await page.keyboard.press("f");
  await page.keyboard.type("ba dinh");
});
await shot("wall-vi-lost", WALL, "vi", async (page) => {
  await order("away?seconds=12");
  await page.waitForTimeout(6000);
});
if (!ONLY) await new Promise((done) => setTimeout(done, 8000));
await shot("phone-vi", PHONE, "vi");
await shot("phone-en", PHONE, "en");
await shot("phone-vi-full", PHONE, "vi", async () => {}, true);
await shot("phone-vi-panel", PHONE, "vi", first("over"));
await shot("phone-vi-coverage", PHONE, "vi", coverage("covered"), true);
await shot("laptop-vi", { width: 1366, height: 768 }, "vi");

await browser.close();
stop();
// The refused sockets of the lost connection are the browser's own report of it.
const others = complaints.filter((line) => !line.includes("WebSocket connection"));
if (others.length > 0) {
  console.error(others.join("\n"));
  process.exit(1);
}
