// Walks the list of dossiers and the page of agencies, each to a dossier: searched without marks, filtered, scrolled past
// what one answer holds; urged, drawn as a process, and set beside the portal's counts.
// Arguments: the server's URL, the directory for screenshots. Exit 0, or 1 with what went wrong.
import assert from "node:assert/strict";
import { AGENCY, ALL_SIZES, at, download, due, enter, FILED, go, hash, ON_WALL, post, prove, row, says, seen, sel, SILENT, SITE, stepsOf, text, WAIT } from "./common.mjs";

const LATE = "000.00.25.H26-261102-0001";
const TODAY = "000.00.25.H26-261120-0002";
const PAUSED = "000.00.25.H26-261120-0003";
const UNDATED = "000.00.25.H26-261124-0004";
const SETTLED = "000.00.25.H26-261102-0005";
/** Open dossiers more than one answer holds. */
const MANY = 450;
const OPEN = MANY + 4;

/** One dossier for each thing that can be filtered by, one that was settled in a roundabout way, and many more. */
async function postDossiers() {
  const filed = { ...FILED, channel: "online" };
  const steps = [
    [LATE, "submitted", "02T08:30", filed],
    [LATE, "accepted", "02T09:00", due("11-04T09:00")],
    [TODAY, "submitted", "20T08:30", filed],
    [TODAY, "accepted", "20T09:00", due("11-24T16:00")],
    [PAUSED, "submitted", "20T08:40", filed],
    [PAUSED, "accepted", "20T09:10", due("12-04T16:00")],
    [PAUSED, "supplement_requested", "23T10:00", { reason: "missing" }],
    [UNDATED, "submitted", "24T09:30", filed],
    [SETTLED, "submitted", "02T08:40", filed],
    [SETTLED, "accepted", "02T09:10", due("11-20T09:00")],
    [SETTLED, "supplement_requested", "03T10:00", { reason: "missing" }],
    [SETTLED, "supplemented", "04T10:00", {}],
    [SETTLED, "supplement_requested", "05T10:00", { reason: "missing" }],
    [SETTLED, "supplemented", "06T10:00", {}],
    [SETTLED, "resolved", "12T16:00", { result: "approved", e_result: true }],
    [SETTLED, "returned", "13T08:00", { site: SITE }],
    // The last event of all: it tells the server what time it is.
    [SETTLED, "paid", "24T10:00", { method: "online" }],
  ];
  for (let i = 0; i < MANY; i++) {
    const code = `000.00.99.H26-261118-${String(i + 1).padStart(4, "0")}`;
    const at = `18T${String(8 + (i % 9)).padStart(2, "0")}:${String(i % 60).padStart(2, "0")}`;
    steps.push([code, "submitted", at, { ...filed, site: SILENT, agency: `commune/${SILENT}` }], [code, "accepted", at, due(`12-${String(1 + (i % 20)).padStart(2, "0")}T09:00`)]);
  }
  await post(stepsOf("lists", steps));
}

const totals = (page, words) =>
  page.waitForFunction(([selector, sought]) => document.querySelector(selector)?.textContent === sought, [sel("dossiers-total"), words], WAIT);

async function typeDay(page, testid, day) {
  await page.fill(sel(testid), day);
  await page.keyboard.press("Enter");
}

/** From the room through the list to a dossier, and back to where one was; then every way to find one. */
async function walkList(page) {
  await page.click(sel("to-dossier-list"));
  await page.waitForSelector("tr[data-dossier]", WAIT);
  await totals(page, `${OPEN} hồ sơ`);
  assert.equal(await page.getAttribute("tr[data-dossier]", "data-dossier"), LATE, "the first due is first");
  assert.ok((await page.locator(`${sel("dossiers")} tr[data-key]`).count()) < 100, "only rows in view are made");
  await seen(page, "dossiers");

  await page.focus(`tr[data-dossier="${LATE}"]`);
  await page.keyboard.press("End");
  await page.waitForSelector(`tr[data-key="${OPEN - 1}"][data-dossier="${UNDATED}"]`, WAIT);
  assert.equal(await page.evaluate(() => document.activeElement?.dataset.key), String(OPEN - 1), "what was not read yet keeps the focus when it is");
  await page.keyboard.press("Home");

  for (const [quick, code] of [["overdue", LATE], ["today", TODAY], ["paused", PAUSED], ["no_due", UNDATED]]) {
    await page.click(sel(`quick-${quick}`));
    await totals(page, "1 hồ sơ");
    await page.waitForSelector(`tr[data-key="0"][data-dossier="${code}"]`, WAIT);
    assert.equal(await page.getAttribute(sel(`quick-${quick}`), "aria-pressed"), "true");
    await page.click(sel(`quick-${quick}`));
    await totals(page, `${OPEN} hồ sơ`);
  }

  await page.keyboard.press("f");
  await page.keyboard.type(" 000.00.25.h26-261120-0002 ");
  await totals(page, "1 hồ sơ");
  await page.keyboard.press("Enter");
  await page.waitForFunction((code) => document.activeElement?.dataset.dossier === code, TODAY);
  await page.keyboard.press("Enter");
  await page.waitForSelector(sel("span"), WAIT);
  assert.equal(await text(page, "page-title"), TODAY);
  assert.equal(await page.isVisible(sel("page-dossiers")), false, "one page at a time");
  await page.goBack();
  await page.waitForSelector(`tr[data-dossier="${TODAY}"]`);
  await page.waitForFunction((code) => document.activeElement?.dataset.dossier === code, TODAY, WAIT);
  await page.keyboard.press("Escape");
  await totals(page, `${OPEN} hồ sơ`);

  if (!(await page.isVisible(sel("filter-site")))) await page.click(`${sel("filters")} > summary`);
  await page.fill(sel("filter-site"), "ba dinh");
  await page.keyboard.press("Enter");
  await page.waitForFunction((site) => location.hash.includes(`site=${site}`), SITE);
  await page.selectOption(sel("filter-stage"), "all");
  await totals(page, "5 hồ sơ");
  await typeDay(page, "filter-due_from", "20/11/2026");
  await totals(page, "3 hồ sơ");
  assert.ok(hash(page).includes("due_from=2026-11-20"));
  await typeDay(page, "filter-due_from", "31/11/2026");
  assert.equal(await page.getAttribute(sel("filter-due_from"), "aria-invalid"), "true", "what is no day is marked");
  assert.ok(hash(page).includes("due_from=2026-11-20"), "and nothing else");
  await typeDay(page, "filter-due_from", "");
  await totals(page, "5 hồ sơ");
  await page.waitForSelector(`tr[data-dossier="${SETTLED}"][data-stage="resolved"]`);
  await seen(page, "dossiers-filtered");
  assert.equal((await download(page, "file-csv")).lines.length, 6, "a head and what matches");
  await page.click(`${sel("page-dossiers")} button[lang="en"]`);
  await totals(page, "5 dossiers");
  await page.click(sel("clear"));
  await totals(page, `${OPEN} dossiers`);
  assert.equal(hash(page), "#/dossiers");
}

/** From the room to an agency, what to urge there and why, the process as it ran, and to a dossier. */
async function walkAgency(page) {
  await page.click(sel("to-agencies"));
  await page.waitForSelector(row("backlog", AGENCY), WAIT);
  assert.equal(await text(page, "sum-overdue"), "1");
  assert.match(await text(page, "system-ministry"), /tính riêng/);
  await page.waitForSelector(sel("duties-part"));
  await seen(page, "agencies");

  await page.keyboard.press("f");
  await page.keyboard.type("so tu phap");
  await says(page, sel("backlog-found"), "1/");
  await enter(page, row("backlog", AGENCY));
  await page.waitForSelector(sel("agency-figures"), WAIT);
  assert.match(await page.textContent("main.page:not([hidden]) h1"), /Sở Tư pháp/);
  assert.ok(hash(page).includes(`key=${AGENCY}`));
  await page.waitForSelector(`${sel("urge")} tr[data-dossier="${TODAY}"]`, WAIT);
  assert.equal(await page.locator(`${sel("urge")} tr[data-dossier="${LATE}"]`).count(), 0, "what is late already is not urged");
  assert.match(await text(page, "calibration-part"), /Brier/);

  await page.waitForSelector(`${sel("graph")} svg [data-activity="supplement_requested"]`, WAIT);
  await says(page, sel("process-total"), "1 hồ sơ");
  assert.match(await text(page, "rework-part"), /yêu cầu bổ sung/, "what was done again is told");
  await page.focus(sel("share"));
  await page.keyboard.press("End");
  await page.waitForFunction(() => location.hash.includes("share=100"));
  await page.waitForFunction((selector) => document.querySelectorAll(`${selector} .flow-line[data-back="true"]`).length === 1, sel("graph"));
  assert.match(await text(page, "ways"), /Phường Ba Đình.*Sở Tư pháp/);
  assert.equal(await page.isVisible(sel("portal-part")), false, "the portal's counts are the city's");
  await seen(page, "agency", { whole: true });

  await page.click(`${sel("urge")} tr[data-dossier="${TODAY}"] ${sel("to-dossier")}`);
  await page.waitForSelector(sel("span"), WAIT);
  assert.equal(await text(page, "page-title"), TODAY);
  await page.waitForSelector(sel("outlook"), WAIT);
  assert.match(await text(page, "outlook"), /chưa đủ để nói khả năng trễ/);
  await page.goBack();
  await page.waitForSelector(sel("agency-figures"));
  await page.click(sel("agency-overdue"));
  await page.waitForSelector(`tr[data-key="0"][data-dossier="${LATE}"]`, WAIT);
  await totals(page, "1 hồ sơ");
  await page.goBack();
  await page.waitForSelector(sel("agency-figures"));
  await page.click(`${sel("page-agencies")} button[lang="en"]`);
  await says(page, sel("urge-part"), "What to urge first");
  await page.focus("main.page:not([hidden]) h1");
  await page.keyboard.press("Escape");
  await page.waitForSelector(sel("backlog-part"));
}

/** The portal's counts stand beside ours with the whole difference; a refusal is said in the server's words. */
async function enterPortal(page) {
  await go(page, "#/agencies");
  await page.waitForFunction((one) => document.querySelector(one)?.value === "01/11/2026", sel("agencies-from"), WAIT);
  await typeDay(page, "agencies-from", "02/11/2026");
  await page.waitForFunction(() => location.hash.includes("from=2026-11-02&to=2026-11-24"));
  await typeDay(page, "agencies-from", "");
  await typeDay(page, "agencies-to", "");
  await page.waitForFunction(() => location.hash === "#/agencies");
  await page.click("main.page:not([hidden]) h1");
  await page.waitForFunction((one) => document.querySelector(one)?.value === "01/11/2026", sel("agencies-from"), WAIT);
  await page.click(`${sel("portal-entry")} > summary`);
  await says(page, sel("portal-note"), "Chưa nhập");
  const ours = Number((await page.textContent(`${sel("portal")} tr[data-key="received"] td[data-column="ours"]`)).replace(/\D/g, ""));
  await page.fill(sel("portal-received"), String(ours + 7));
  await page.click(`${sel("portal-form")} button[type="submit"]`);
  await says(page, sel("portal-form-status"), "Máy chủ không nhận");
  await page.fill(sel("portal-source"), "Cổng, thử");
  await page.keyboard.press("Enter");
  await says(page, sel("portal-note"), "Cổng, thử");
  await says(page, sel("portal"), "+7");
  assert.match(await text(page, "portal"), /chưa nhập/, "what was not entered is not taken for 0");
  await seen(page, "portal", { part: sel("portal-part") });
  await page.fill(sel("portal-received"), "");
  await page.click(`${sel("portal-form")} button[type="submit"]`);
  await says(page, sel("portal-note"), "Chưa nhập");
}

// A count without a source is refused on purpose.
await prove(postDossiers, at(ALL_SIZES, walkList), at(ALL_SIZES, walkAgency), at(ON_WALL, enterPortal, { refused: "400" }));
