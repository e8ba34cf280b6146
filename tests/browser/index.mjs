// Walks the index's page: from a group that loses points, through the indicator and its cases, to the dossier that
// costs the point. Arguments: the server's URL, the directory for screenshots. Exit 0, or 1 with what went wrong.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const [url, shots] = process.argv.slice(2);
const SITE = "00004";
const AGENCY = "dept/justice";
const PERIOD = "2026-11";
const SIZES = [
  { width: 1920, height: 1080 },
  { width: 390, height: 844 },
];
const LATE = "000.00.25.H26-261102-0001";
const AT_RISK = "000.00.25.H26-261120-0002";
const SETTLED = "000.00.25.H26-261102-0003";

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--headless",
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
  ],
});

/** One dossier settled late, one settled in time, and one open that falls due within the month. */
async function postDossiers() {
  const filed = { procedure: "1.001", field: "land", site: SITE, agency: AGENCY, has_fee: true };
  const lines = [
    [LATE, "submitted", "02T08:30", filed],
    [LATE, "accepted", "02T09:00", { due_at: "2026-11-04T09:00:00+07:00" }],
    [LATE, "resolved", "05T15:00", { result: "approved", e_result: true }],
    [SETTLED, "submitted", "02T08:40", filed],
    [SETTLED, "accepted", "02T09:10", { due_at: "2026-11-10T09:00:00+07:00" }],
    [SETTLED, "resolved", "05T16:00", { result: "approved", e_result: true }],
    [AT_RISK, "submitted", "20T08:30", filed],
    [AT_RISK, "accepted", "20T09:00", { due_at: "2026-11-27T09:00:00+07:00" }],
  ].map(([dossier, step, at, data], n) => ({
    specversion: "1.0",
    id: `index-${n}`,
    source: "browser",
    type: `dossier.${step}`,
    time: `2026-11-${at}:00+07:00`,
    data: { dossier, ...data },
  }));
  const answer = await fetch(`${url}/api/v1/events`, {
    method: "POST",
    headers: { "content-type": "application/x-ndjson" },
    body: lines.map((line) => `${JSON.stringify(line)}\n`).join(""),
  });
  assert.equal(answer.status, 200);
  const { accepted, duplicate } = await answer.json();
  assert.equal(accepted + duplicate, lines.length);
}

async function openAt(size, complaints) {
  const context = await browser.newContext({ viewport: size, acceptDownloads: true });
  const page = await context.newPage();
  page.on("console", (message) => {
    // A figure that is refused is entered on purpose.
    if (message.type() === "error" && !message.text().includes("400")) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(url, { waitUntil: "load" });
  await page.waitForSelector('[data-testid="connection"][data-state="live"]', { state: "attached", timeout: 20_000 });
  return page;
}

const text = (page, testid) => page.textContent(`[data-testid="${testid}"]`);
const value = (page, testid) => page.getAttribute(`[data-testid="${testid}"]`, "data-value").then(Number);

async function fits(page, size) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(wide <= 0, `nothing lies outside a page of ${size.width}: ${wide} px too wide`);
}

/** From the room to the dossier by what is on the pages alone, and back to where one was. */
async function walkToDossier(size) {
  const complaints = [];
  const page = await openAt(size, complaints);
  await page.click('[data-testid="to-index"]');
  await page.waitForSelector('[data-testid="group"]', { timeout: 15_000 });
  await page.selectOption('[data-testid="period"]', PERIOD);
  await page.waitForFunction((period) => location.hash.includes(`period=${period}`), PERIOD);
  assert.ok(await page.isVisible('[data-testid="page-simulated"]'), "simulated is said, also while the next answer is awaited");
  await page.waitForSelector('[data-testid="total"]', { timeout: 15_000 });
  assert.match(await text(page, "estimate"), /Ước tính của hệ thống, không phải điểm chính thức/);
  assert.match(await text(page, "total"), /^\d+,\d\d$/);
  assert.match(await text(page, "baseline"), /57,80 điểm.*58,86 điểm/, "both published sums are told");
  const unknown = page.locator('[data-testid="group"][data-group="1"]');
  assert.equal(await unknown.getAttribute("data-unknown"), "true");
  assert.equal(await unknown.locator('[data-testid="group-points"]').textContent(), "chưa có dữ liệu", "unknown is never a number");
  await fits(page, size);
  await page.screenshot({ path: `${shots}/index-${size.width}x${size.height}.png`, fullPage: true });

  // Two of three are in time, until the one at risk falls due.
  const row = page.locator('[data-testid="indicators"] tr[data-key="2.1"]');
  assert.match(await row.textContent(), /2 \/ 3/);
  await row.focus();
  await page.keyboard.press("Enter");
  await page.waitForSelector(`[data-testid="losses"] tr[data-case="${LATE}"][data-loss="settled_late"]`, { timeout: 15_000 });
  assert.match(await text(page, "losses"), /Giải quyết sau ngày hẹn trả/);
  const now = await value(page, "if-now");
  const worst = await value(page, "if-nothing");
  assert.ok(worst < now, "what falls due costs points if nothing is done");
  await page.check(`tr[data-case="${AT_RISK}"] [data-testid="choose"]`);
  await page.waitForFunction((low) => Number(document.querySelector('[data-testid="if-done"]')?.getAttribute("data-value")) > low, worst);
  assert.equal(await value(page, "if-done"), now, "saving it keeps the points");
  assert.ok(new URL(page.url()).hash.includes(`chosen=${AT_RISK}`), "what is chosen stands in the address");
  await fits(page, size);
  await page.screenshot({ path: `${shots}/index-losses-${size.width}x${size.height}.png`, fullPage: true });

  const [file] = await Promise.all([page.waitForEvent("download"), page.click('[data-testid="csv"]')]);
  assert.equal(file.suggestedFilename(), `index766_2.1_${PERIOD}_simulated.csv`);
  let csv = "";
  for await (const chunk of await file.createReadStream()) csv += chunk;
  assert.equal(csv.trim().split("\r\n").length, 3, "a head and two cases");
  assert.ok(csv.includes(LATE));

  await page.click(`tr[data-case="${LATE}"] [data-testid="to-dossier"]`);
  await page.waitForSelector('[data-testid="span"]', { timeout: 15_000 });
  assert.equal(await text(page, "dossier-title"), LATE);
  assert.match(await text(page, "spans"), /Quá hạn/);
  assert.equal(await page.isVisible('[data-testid="page-index"]'), false, "one page at a time");
  await page.goBack();
  await page.waitForSelector(`[data-testid="losses"] tr[data-case="${AT_RISK}"][aria-selected="true"]`, { timeout: 15_000 });
  assert.equal(await page.evaluate(() => document.activeElement?.closest("tr")?.dataset.case), LATE, "back where one was");
  assert.ok(await page.evaluate(() => window.scrollY > 0), "and not at the top");
  await page.keyboard.press("Escape");
  await page.waitForSelector('[data-testid="losses-part"]', { state: "hidden" });
  assert.deepEqual(complaints, [], "no error in the console");
  await page.context().close();
}

/** Parts are found without marks and opened by the keyboard; the language is changed on the page. */
async function walkToPart(size) {
  const complaints = [];
  const page = await openAt(size, complaints);
  await page.evaluate((period) => { location.hash = `#/index?period=${period}&by=agency`; }, PERIOD);
  await page.waitForSelector(`[data-testid="parts"] tr[data-key="${AGENCY}"]`, { timeout: 15_000 });
  await page.keyboard.press("/");
  await page.keyboard.type("so tu phap");
  await page.waitForFunction(() => document.querySelector('[data-testid="found"]')?.textContent?.startsWith("1/"));
  await page.locator(`[data-testid="parts"] tr[data-key="${AGENCY}"]`).focus();
  await page.keyboard.press("Enter");
  await page.waitForSelector('[data-testid="group"]');
  assert.match(await text(page, "page-title"), /Sở Tư pháp/);
  assert.equal(await page.locator('[data-testid="baseline"]').count(), 0, "what is published is the city's");
  await page.click('[data-testid="page-index"] button[lang="en"]');
  await page.waitForSelector("html[lang=en]");
  assert.match(await text(page, "estimate"), /not an official score/);
  await fits(page, size);
  assert.deepEqual(complaints, [], "no error in the console");
  await page.context().close();
}

/** What no event tells is entered with its source; a refusal is said in the server's words. */
async function enterValue() {
  const complaints = [];
  const page = await openAt(SIZES[0], complaints);
  await page.evaluate((period) => { location.hash = `#/index?period=${period}`; }, PERIOD);
  await page.click('[data-testid="entry"] > summary');
  await page.selectOption('[data-testid="value-indicator"]', "1.1");
  await page.fill('[data-testid="value-good"]', "90");
  await page.fill('[data-testid="value-all"]', "80");
  await page.fill('[data-testid="value-source"]', "Báo cáo thử");
  await page.click('[data-testid="value-form"] button[type="submit"]');
  await page.waitForFunction(() => document.querySelector('[data-testid="value-form-status"]')?.textContent?.includes("0 ≤ good ≤ all"));
  await page.fill('[data-testid="value-all"]', "120");
  await page.keyboard.press("Enter");
  await page.waitForSelector('[data-testid="indicators"] tr[data-key="1.1"][data-origin="entered"]', { timeout: 15_000 });
  assert.match(await page.locator('[data-testid="indicators"] tr[data-key="1.1"]').textContent(), /90 \/ 120.*75,0%.*4,50 \/ 6,00/);
  assert.match(await text(page, "entered"), /Báo cáo thử/);

  await page.fill('[data-testid="official-2"]', "15,7");
  await page.fill('[data-testid="official-total"]', "58,86");
  await page.fill('[data-testid="official-source"]', "Cổng, thử");
  await page.click('[data-testid="official-form"] button[type="submit"]');
  await page.waitForFunction(() => document.querySelector('[data-testid="official"]')?.textContent?.includes("58,86"), null, { timeout: 15_000 });
  assert.doesNotMatch(await text(page, "total"), /58,86/, "the official score is never the estimate");
  await page.screenshot({ path: `${shots}/index-entry.png`, fullPage: true });
  for (const left of [1, 0]) {
    await page.locator('[data-testid="entered"] button').first().click();
    await page.waitForFunction((n) => document.querySelectorAll('[data-testid="entered"] button').length === n, left, { timeout: 15_000 });
  }
  assert.deepEqual(complaints, [], "no error in the console");
  await page.context().close();
}

try {
  await postDossiers();
  for (const size of SIZES) await walkToDossier(size);
  for (const size of SIZES) await walkToPart(size);
  await enterValue();
} finally {
  await browser.close();
}
