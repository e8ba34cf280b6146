// Walks the index's page: from a group that loses points, through the indicator and its cases, to the dossier that
// costs the point. Arguments: the server's URL, the directory for screenshots. Exit 0, or 1 with what went wrong.
import assert from "node:assert/strict";
import { AGENCY, at, download, due, enter, FILED, fits, go, hash, inSight, ON_WALL, post, prove, row, says, seen, sel, SIZES, stepsOf, text, WAIT } from "./common.mjs";

const PERIOD = "2026-11";
const LATE = "000.00.25.H26-261102-0001";
const AT_RISK = "000.00.25.H26-261120-0002";
const SETTLED = "000.00.25.H26-261102-0003";

/** One dossier settled late, one settled in time, and one open that falls due within the month. */
const postDossiers = () => post(stepsOf("index", [
  [LATE, "submitted", "02T08:30", FILED],
  [LATE, "accepted", "02T09:00", due("11-04T09:00")],
  [LATE, "resolved", "05T15:00", { result: "approved", e_result: true }],
  [SETTLED, "submitted", "02T08:40", FILED],
  [SETTLED, "accepted", "02T09:10", due("11-10T09:00")],
  [SETTLED, "resolved", "05T16:00", { result: "approved", e_result: true }],
  [AT_RISK, "submitted", "20T08:30", FILED],
  [AT_RISK, "accepted", "20T09:00", due("11-27T09:00")],
]));

const value = (page, testid) => page.getAttribute(sel(testid), "data-value").then(Number);

/** From the room to the dossier by what is on the pages alone, and back to where one was. */
async function walkToDossier(page) {
  await page.click(sel("to-index"));
  await page.waitForSelector(sel("group"), WAIT);
  await page.selectOption(sel("period"), PERIOD);
  await page.waitForFunction((period) => location.hash.includes(`period=${period}`), PERIOD);
  assert.ok(await page.isVisible(inSight(sel("page-simulated"))), "simulated is said, also while the next answer is awaited");
  await page.waitForSelector(sel("total"), WAIT);
  assert.match(await text(page, "estimate"), /Ước tính của hệ thống, không phải điểm chính thức/);
  assert.match(await text(page, "total"), /^\d+,\d\d$/);
  assert.match(await text(page, "baseline"), /57,80 điểm.*58,86 điểm/, "both published sums are told");
  const unknown = page.locator('[data-testid="group"][data-group="1"]');
  assert.equal(await unknown.getAttribute("data-unknown"), "true");
  assert.equal(await unknown.locator(sel("group-points")).textContent(), "chưa có dữ liệu", "unknown is never a number");
  await seen(page, "index", { whole: true });

  // Two of three are in time, until the one at risk falls due.
  assert.match(await page.textContent(row("indicators", "2.1")), /2 \/ 3/);
  await enter(page, row("indicators", "2.1"));
  await page.waitForSelector(`[data-testid="losses"] tr[data-case="${LATE}"][data-loss="settled_late"]`, WAIT);
  assert.match(await text(page, "losses"), /Giải quyết sau ngày hẹn trả/);
  const now = await value(page, "if-now");
  const worst = await value(page, "if-nothing");
  assert.ok(worst < now, "what falls due costs points if nothing is done");
  await page.check(`tr[data-case="${AT_RISK}"] [data-testid="choose"]`);
  await page.waitForFunction((low) => Number(document.querySelector('[data-testid="if-done"]')?.getAttribute("data-value")) > low, worst);
  assert.equal(await value(page, "if-done"), now, "saving it keeps the points");
  assert.ok(hash(page).includes(`chosen=${AT_RISK}`), "what is chosen stands in the address");
  await seen(page, "index-losses", { whole: true });

  const { name, lines } = await download(page, "csv");
  assert.equal(name, `index766_2.1_${PERIOD}_simulated.csv`);
  assert.equal(lines.length, 3, "a head and two cases");
  assert.ok(lines.some((line) => line.includes(LATE)));

  await page.click(`tr[data-case="${LATE}"] [data-testid="to-dossier"]`);
  await page.waitForSelector(sel("span"), WAIT);
  assert.equal(await text(page, "page-title"), LATE);
  assert.match(await text(page, "spans"), /Quá hạn/);
  assert.equal(await page.isVisible(sel("page-index")), false, "one page at a time");
  await page.goBack();
  await page.waitForSelector(`[data-testid="losses"] tr[data-case="${AT_RISK}"][aria-selected="true"]`, WAIT);
  assert.equal(await page.evaluate(() => document.activeElement?.closest("tr")?.dataset.case), LATE, "back where one was");
  assert.ok(await page.evaluate(() => window.scrollY > 0), "and not at the top");
  await page.keyboard.press("Escape");
  await page.waitForSelector(sel("losses-part"), { state: "hidden" });
}

/** Parts are found without marks and opened by the keyboard; the language is changed on the page. */
async function walkToPart(page) {
  await go(page, `#/index?period=${PERIOD}&by=agency`);
  await page.waitForSelector(row("parts", AGENCY), WAIT);
  await page.keyboard.press("f");
  await page.keyboard.type("so tu phap");
  await says(page, sel("parts-found"), "1/");
  await enter(page, row("parts", AGENCY));
  await page.waitForSelector(sel("group"));
  assert.match(await text(page, "page-title"), /Sở Tư pháp/);
  assert.equal(await page.locator(sel("baseline")).count(), 0, "what is published is the city's");
  await page.click('[data-testid="page-index"] button[lang="en"]');
  await page.waitForSelector("html[lang=en]");
  assert.match(await text(page, "estimate"), /not an official score/);
  await fits(page);
}

/** What no event tells is entered with its source; a refusal is said in the page's language. */
async function enterValue(page) {
  await go(page, `#/index?period=${PERIOD}`);
  await page.click('[data-testid="entry"] > summary');
  await page.selectOption(sel("value-indicator"), "1.1");
  await page.fill(sel("value-good"), "90");
  await page.fill(sel("value-all"), "80");
  await page.fill(sel("value-source"), "Báo cáo thử");
  await page.click('[data-testid="value-form"] button[type="submit"]');
  await says(page, sel("value-form-status"), "tử số không âm, không lớn hơn mẫu số");
  await page.fill(sel("value-all"), "120");
  await page.keyboard.press("Enter");
  await page.waitForSelector(`${row("indicators", "1.1")}[data-origin="entered"]`, WAIT);
  assert.match(await page.textContent(row("indicators", "1.1")), /90 \/ 120.*75,0%.*4,50 \/ 6,00/);
  assert.match(await text(page, "entered"), /Báo cáo thử/);

  await page.fill(sel("official-2"), "15,7");
  await page.fill(sel("official-total"), "58,86");
  await page.fill(sel("official-source"), "Cổng, thử");
  await page.click('[data-testid="official-form"] button[type="submit"]');
  await says(page, sel("official"), "58,86");
  assert.doesNotMatch(await text(page, "total"), /58,86/, "the official score is never the estimate");
  await seen(page, "index-entry", { whole: true });
  for (const left of [1, 0]) {
    await page.locator('[data-testid="entered"] button').first().click();
    await page.waitForFunction((n) => document.querySelectorAll('[data-testid="entered"] button').length === n, left, WAIT);
  }
}

// A figure that is refused is entered on purpose.
await prove(postDossiers, at(SIZES, walkToDossier), at(SIZES, walkToPart), at(ON_WALL, enterValue, { refused: "400" }));
