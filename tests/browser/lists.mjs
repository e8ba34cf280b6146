// Walks the list of dossiers and the page of agencies, each to a dossier: searched without marks, filtered, scrolled past
// what one answer holds; urged, drawn as a process, and set beside the portal's counts.
// Arguments: the server's URL, the directory for screenshots. Exit 0, or 1 with what went wrong.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const [url, shots] = process.argv.slice(2);
const SITE = "00004";
const AGENCY = "dept/justice";
const SIZES = [
  { width: 1920, height: 1080 },
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];
const LATE = "000.00.25.H26-261102-0001";
const TODAY = "000.00.25.H26-261120-0002";
const PAUSED = "000.00.25.H26-261120-0003";
const UNDATED = "000.00.25.H26-261124-0004";
const SETTLED = "000.00.25.H26-261102-0005";
/** Open dossiers more than one answer holds. */
const MANY = 450;
const OPEN = MANY + 4;

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

/** One dossier for each thing that can be filtered by, one that was settled in a roundabout way, and many more. */
async function postDossiers() {
  const filed = { procedure: "1.001", field: "land", site: SITE, agency: AGENCY, channel: "online", has_fee: true };
  const due = (day) => ({ due_at: `2026-${day}:00+07:00` });
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
    steps.push([code, "submitted", at, { ...filed, site: "00008", agency: "commune/00008" }], [code, "accepted", at, due(`12-${String(1 + (i % 20)).padStart(2, "0")}T09:00`)]);
  }
  const lines = steps.map(([dossier, step, at, data], n) => ({
    specversion: "1.0",
    id: `pages-a-${n}`,
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
    // A count without a source is refused on purpose.
    if (message.type() === "error" && !message.text().includes("400")) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(url, { waitUntil: "load" });
  await page.waitForSelector('[data-testid="connection"][data-state="live"]', { state: "attached", timeout: 20_000 });
  return page;
}

const at = (testid) => `[data-testid="${testid}"]`;
const text = (page, testid) => page.textContent(at(testid));
const says = (page, testid, words) =>
  page.waitForFunction(([selector, sought]) => document.querySelector(selector)?.textContent?.includes(sought), [at(testid), words], { timeout: 15_000 });
const totals = (page, words) =>
  page.waitForFunction(([selector, sought]) => document.querySelector(selector)?.textContent === sought, [at("dossiers-total"), words], { timeout: 15_000 });
const hash = (page) => new URL(page.url()).hash;
const shot = (page, name, size) => page.screenshot({ path: `${shots}/${name}-${size.width}x${size.height}.png` });

async function fits(page, size) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(wide <= 0, `nothing lies outside a page of ${size.width}: ${wide} px too wide`);
}

/** From the room through the list to a dossier, and back to where one was; then every way to find one. */
async function walkList(size) {
  const complaints = [];
  const page = await openAt(size, complaints);
  await page.click(at("to-dossier-list"));
  await page.waitForSelector("tr[data-dossier]", { timeout: 15_000 });
  await totals(page, `${OPEN} hồ sơ`);
  assert.equal(await page.getAttribute("tr[data-dossier]", "data-dossier"), LATE, "the first due is first");
  assert.ok((await page.locator(`${at("dossiers")} tr[data-key]`).count()) < 100, "only rows in view are made");
  await fits(page, size);
  await shot(page, "dossiers", size);

  await page.focus(`tr[data-dossier="${LATE}"]`);
  await page.keyboard.press("End");
  await page.waitForSelector(`tr[data-key="${OPEN - 1}"][data-dossier="${UNDATED}"]`, { timeout: 15_000 });
  assert.equal(await page.evaluate(() => document.activeElement?.dataset.key), String(OPEN - 1), "what was not read yet keeps the focus when it is");
  await page.keyboard.press("Home");

  for (const [quick, code] of [["overdue", LATE], ["today", TODAY], ["paused", PAUSED], ["no_due", UNDATED]]) {
    await page.click(at(`quick-${quick}`));
    await totals(page, "1 hồ sơ");
    await page.waitForSelector(`tr[data-key="0"][data-dossier="${code}"]`, { timeout: 15_000 });
    assert.equal(await page.getAttribute(at(`quick-${quick}`), "aria-pressed"), "true");
    await page.click(at(`quick-${quick}`));
    await totals(page, `${OPEN} hồ sơ`);
  }

  await page.keyboard.press("/");
  await page.keyboard.type(" 000.00.25.h26-261120-0002 ");
  await totals(page, "1 hồ sơ");
  await page.keyboard.press("Enter");
  await page.waitForFunction((code) => document.activeElement?.dataset.dossier === code, TODAY);
  await page.keyboard.press("Enter");
  await page.waitForSelector(at("span"), { timeout: 15_000 });
  assert.equal(await text(page, "dossier-title"), TODAY);
  assert.equal(await page.isVisible(at("page-dossiers")), false, "one page at a time");
  await page.goBack();
  await page.waitForSelector(`tr[data-dossier="${TODAY}"]`);
  await page.waitForFunction((code) => document.activeElement?.dataset.dossier === code, TODAY, { timeout: 15_000 });
  await page.keyboard.press("Escape");
  await totals(page, `${OPEN} hồ sơ`);

  if (!(await page.isVisible(at("filter-site")))) await page.click(`${at("filters")} > summary`);
  await page.fill(at("filter-site"), "ba dinh");
  await page.keyboard.press("Enter");
  await page.waitForFunction((site) => location.hash.includes(`site=${site}`), SITE);
  await page.selectOption(at("filter-stage"), "all");
  await totals(page, "5 hồ sơ");
  await page.waitForSelector(`tr[data-dossier="${SETTLED}"][data-stage="resolved"]`);
  await fits(page, size);
  await shot(page, "dossiers-filtered", size);
  const [file] = await Promise.all([page.waitForEvent("download"), page.click(at("file-csv"))]);
  let csv = "";
  for await (const chunk of await file.createReadStream()) csv += chunk;
  assert.equal(csv.trim().split(/\r?\n/).length, 6, "a head and what matches");
  await page.click(`${at("page-dossiers")} button[lang="en"]`);
  await totals(page, "5 dossiers");
  await page.click(at("clear"));
  await totals(page, `${OPEN} dossiers`);
  assert.equal(hash(page), "#/dossiers");
  assert.deepEqual(complaints, [], "no error in the console");
  await page.context().close();
}

/** From the room to an agency, what to urge there and why, the process as it ran, and to a dossier. */
async function walkAgency(size) {
  const complaints = [];
  const page = await openAt(size, complaints);
  await page.click(at("to-agencies"));
  await page.waitForSelector(`${at("backlog")} tr[data-key="${AGENCY}"]`, { timeout: 15_000 });
  assert.equal(await text(page, "sum-overdue"), "1");
  assert.match(await text(page, "system-ministry"), /tính riêng/);
  await page.waitForSelector(at("duties-part"));
  await fits(page, size);
  await shot(page, "agencies", size);

  await page.keyboard.press("/");
  await page.keyboard.type("so tu phap");
  await says(page, "found-agencies", "1/");
  await page.focus(`${at("backlog")} tr[data-key="${AGENCY}"]`);
  await page.keyboard.press("Enter");
  await page.waitForSelector(at("agency-figures"), { timeout: 15_000 });
  assert.match(await page.textContent("main.page:not([hidden]) h1"), /Sở Tư pháp/);
  assert.ok(hash(page).includes(`key=${AGENCY}`));
  await page.waitForSelector(`${at("urge")} tr[data-dossier="${TODAY}"]`, { timeout: 15_000 });
  assert.equal(await page.locator(`${at("urge")} tr[data-dossier="${LATE}"]`).count(), 0, "what is late already is not urged");
  assert.match(await text(page, "calibration-part"), /Brier/);

  await page.waitForSelector(`${at("graph")} svg [data-activity="supplement_requested"]`, { timeout: 15_000 });
  await says(page, "process-total", "1 hồ sơ");
  assert.match(await text(page, "rework-part"), /yêu cầu bổ sung/, "what was done again is told");
  await page.focus(at("share"));
  await page.keyboard.press("End");
  await page.waitForFunction(() => location.hash.includes("share=100"));
  await page.waitForFunction((selector) => document.querySelectorAll(`${selector} .flow-line[data-back="true"]`).length === 1, at("graph"));
  assert.match(await text(page, "ways"), /Phường Ba Đình.*Sở Tư pháp/);
  assert.equal(await page.isVisible(at("portal-part")), false, "the portal's counts are the city's");
  await fits(page, size);
  await page.screenshot({ path: `${shots}/agency-${size.width}x${size.height}.png`, fullPage: true });

  await page.click(`${at("urge")} tr[data-dossier="${TODAY}"] ${at("to-dossier")}`);
  await page.waitForSelector(at("span"), { timeout: 15_000 });
  assert.equal(await text(page, "dossier-title"), TODAY);
  await page.goBack();
  await page.waitForSelector(at("agency-figures"));
  await page.click(at("agency-overdue"));
  await page.waitForSelector(`tr[data-key="0"][data-dossier="${LATE}"]`, { timeout: 15_000 });
  await totals(page, "1 hồ sơ");
  await page.goBack();
  await page.waitForSelector(at("agency-figures"));
  await page.click(`${at("page-agencies")} button[lang="en"]`);
  await says(page, "urge-part", "What to urge first");
  await page.focus("main.page:not([hidden]) h1");
  await page.keyboard.press("Escape");
  await page.waitForSelector(at("backlog-part"));
  assert.deepEqual(complaints, [], "no error in the console");
  await page.context().close();
}

/** The portal's counts stand beside ours with the whole difference; a refusal is said in the server's words. */
async function enterPortal() {
  const complaints = [];
  const page = await openAt(SIZES[0], complaints);
  await page.evaluate(() => { location.hash = "#/agencies?from=2026-11-01&to=2026-11-24"; });
  await page.click(`${at("portal-entry")} > summary`);
  await says(page, "portal-note", "Chưa nhập");
  const ours = Number((await page.textContent(`${at("portal")} tr[data-key="received"] td[data-column="ours"]`)).replace(/\D/g, ""));
  await page.fill(at("portal-received"), String(ours + 7));
  await page.click(`${at("portal-form")} button[type="submit"]`);
  await says(page, "portal-form-status", "Máy chủ không nhận");
  await page.fill(at("portal-source"), "Cổng, thử");
  await page.keyboard.press("Enter");
  await says(page, "portal-note", "Cổng, thử");
  await says(page, "portal", "+7");
  assert.match(await text(page, "portal"), /chưa nhập/, "what was not entered is not taken for 0");
  await page.locator(at("portal-part")).screenshot({ path: `${shots}/portal.png` });
  await page.fill(at("portal-received"), "");
  await page.click(`${at("portal-form")} button[type="submit"]`);
  await says(page, "portal-note", "Chưa nhập");
  assert.deepEqual(complaints, [], "no error in the console");
  await page.context().close();
}

try {
  await postDossiers();
  for (const size of SIZES) await walkList(size);
  for (const size of SIZES) await walkAgency(size);
  await enterPortal();
} finally {
  await browser.close();
}
