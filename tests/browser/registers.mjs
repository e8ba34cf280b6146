// Walks the pages of the scorecard, the registers, and quality and integrity: a row is opened, a criterion judged and seen, a
// task's progress reported and seen, a question led to its dossier. Arguments: the server's URL, the directory for
// screenshots. Exit 0, or 1 with what went wrong.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const [url, shots] = process.argv.slice(2);
const SITE = "00004";
const SILENT = "00008";
const AGENCY = "dept/justice";
const PERIOD = "2026-11";
const SIZES = [
  { width: 1920, height: 1080 },
  { width: 390, height: 844 },
];
const LATE = "000.00.25.H26-261102-0001";
const TWICE = "000.00.25.H26-261103-0002";
const MOVED = "000.00.25.H26-261104-0003";
const WAIT = { timeout: 15_000 };

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

/** Dossiers of which one is late, one asked for supplements twice, and one whose due date was moved; and what the plans tell. */
async function postEvents() {
  const filed = { procedure: "1.001", field: "land", site: SITE, agency: AGENCY, has_fee: true };
  const accepted = (day) => ({ due_at: `2026-11-${day}T09:00:00+07:00` });
  const at = (day, time) => `2026-11-${day}T${time}:00+07:00`;
  const session = (day) => ({ site: SITE, from: at(day, "14:00"), to: at(day, "16:00"), kind: "session", published_at: at("02", "08:00") });
  const lines = [
    ["dossier.submitted", "02T08:30", { dossier: LATE, ...filed }],
    ["dossier.accepted", "02T09:00", { dossier: LATE, ...accepted("04") }],
    ["dossier.resolved", "05T15:00", { dossier: LATE, result: "approved", e_result: true }],
    ["dossier.submitted", "03T08:30", { dossier: TWICE, ...filed }],
    ["dossier.accepted", "03T09:00", { dossier: TWICE, ...accepted("20") }],
    ["dossier.supplement_requested", "04T09:00", { dossier: TWICE }],
    ["dossier.supplemented", "05T09:00", { dossier: TWICE }],
    ["dossier.supplement_requested", "06T09:00", { dossier: TWICE }],
    ["dossier.supplemented", "09T09:00", { dossier: TWICE }],
    ["dossier.submitted", "04T08:30", { dossier: MOVED, ...filed }],
    ["dossier.accepted", "04T09:00", { dossier: MOVED, ...accepted("10") }],
    ["dossier.extended", "09T09:00", { dossier: MOVED, ...accepted("27") }],
    ["rating.given", "23T09:00", { site: SITE, score: 5, scale: 5, channel: "kiosk" }],
    ["site.scheduled", "02T08:00", session("17")],
    ["site.opened", "17T13:58", { site: SITE }],
    ["site.scheduled", "02T08:00", session("18")],
    ["training.attended", "06T09:00", { unit: SITE, subject: "one_stop_mechanism", count: 3, of: 4 }],
    ["incident.reported", "20T09:00", { incident: "INC-1", site: SITE, kind: "outage" }],
  ].map(([type, time, data], n) => ({ specversion: "1.0", id: `pages-b-${n}`, source: "browser", type, time: `2026-11-${time}:00+07:00`, data }));
  const answer = await fetch(`${url}/api/v1/events`, {
    method: "POST",
    headers: { "content-type": "application/x-ndjson" },
    body: lines.map((line) => `${JSON.stringify(line)}\n`).join(""),
  });
  assert.equal(answer.status, 200);
  const { accepted: taken, duplicate, rejected } = await answer.json();
  assert.equal(taken + duplicate, lines.length, JSON.stringify(rejected));
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

const at = (testid) => `[data-testid="${testid}"]`;
const row = (table, key) => `${at(table)} tr[data-key="${key}"]`;
// Every page has a head of the same make: what is meant is the one in sight.
const text = (page, testid) => page.textContent(`.page:not([hidden]) ${at(testid)}`);
const hash = (page) => new URL(page.url()).hash;

async function fits(page, size) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(wide <= 0, `nothing lies outside a page of ${size.width}: ${wide} px too wide`);
}

async function seen(page, size, name) {
  await fits(page, size);
  await page.screenshot({ path: `${shots}/pages-b-${name}-${size.width}x${size.height}.png`, fullPage: true });
}

async function enter(page, selector) {
  await page.locator(selector).focus();
  await page.keyboard.press("Enter");
}

async function file(page, button, name, has) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.click(at(button))]);
  assert.match(download.suggestedFilename(), name);
  let csv = "";
  for await (const chunk of await download.createReadStream()) csv += chunk;
  assert.ok(csv.includes(has), `${has} stands in ${download.suggestedFilename()}`);
}

/** The board, one card by the keyboard, productivity and equity. */
async function walkScorecard(size) {
  const complaints = [];
  const page = await openAt(size, complaints);
  await page.click(at("to-scorecard"));
  await page.waitForSelector(row("board", SITE), WAIT);
  assert.match(await text(page, "weights-note"), /Đề án không quy định trọng số/);
  assert.match(await text(page, "page-source"), /không có trọng số chính thức/);
  const cost = page.locator(`${row("board", SITE)} td[data-column="g5.6"]`);
  assert.equal(await cost.textContent(), "—", "what is not known is never 0");
  await seen(page, size, "board");
  await file(page, "board-csv", /^scorecard_internal_2026-11_simulated\.csv$/, SITE);

  await enter(page, row("board", SITE));
  await page.waitForSelector(`${at("group")}[data-group="5.6"][data-unknown="true"]`, WAIT);
  assert.equal(hash(page), `#/scorecard?key=${SITE}`);
  assert.match(await page.textContent(row("metrics", "on_time")), /3/, "three dossiers are its sample");
  assert.match(await page.textContent(row("metrics", "cost")), /chưa chấm/);
  await seen(page, size, "card");
  await page.keyboard.press("Escape");
  await page.waitForSelector(row("board", SITE), WAIT);

  await page.click(at("side-external"));
  await page.waitForSelector(row("board", AGENCY), WAIT);
  assert.match(await page.textContent(row("board", AGENCY)), /Sở Tư pháp/);
  await page.keyboard.press("/");
  await page.keyboard.type("so tu phap");
  await page.waitForFunction(() => document.querySelector('[data-testid="board-found"]')?.textContent?.startsWith("1/"));

  await page.click(at("show-productivity"));
  await page.waitForSelector(`${row("productivity", SITE)} [data-standing="exempt"]`, WAIT);
  await page.click(at("show-equity"));
  await page.waitForSelector(row("equity", "wait"), WAIT);
  assert.equal(await page.textContent(`${row("equity", "wait")} td[data-column="rural"]`), "—", "no commune has been heard");
  await page.click(at("show-baselines"));
  await page.waitForSelector(at("baselines"), WAIT);
  assert.match(await text(page, "baselines"), /SIPAS.*83,57/);
  await page.click(`${at("page-scorecard")} button[lang="en"]`);
  await page.waitForSelector("html[lang=en]");
  assert.match(await text(page, "page-source"), /none is official/);
  await fits(page, size);
  assert.deepEqual(complaints, [], "no error in the console");
  await page.context().close();
}

/** The four registers, and what each does not know. */
async function walkRegisters(size) {
  const complaints = [];
  const page = await openAt(size, complaints);
  await page.click(at("to-registers"));
  await page.waitForSelector(`${row("tasks", "transfer/07")}[data-standing="overdue"]`, WAIT);
  const standings = await page.$$eval(`${at("tasks")} tbody tr[data-key]`, (rows) => rows.map((one) => one.dataset.standing));
  assert.equal(standings.length, 14);
  assert.equal(standings.lastIndexOf("overdue") + 1, standings.filter((one) => one === "overdue").length, "what is overdue comes first");
  await seen(page, size, "tasks");

  await page.click(at("show-training"));
  await page.waitForSelector(row("training", SITE), WAIT);
  assert.match(await text(page, "reported"), /1\/126/);
  assert.match(await page.textContent(row("training", SITE)), /75%/);
  await page.fill(at("training-find"), SILENT);
  await page.waitForSelector(`${row("training", SILENT)}[data-unknown="true"]`, WAIT);
  assert.match(await page.textContent(row("training", SILENT)), /không có dữ liệu/, "who never reported is no data");
  await fits(page, size);

  await page.click(at("show-sessions"));
  await page.waitForSelector(`${at("sessions")} tr[data-standing="kept"]`, WAIT);
  assert.equal(await page.locator(`${at("sessions")} tr[data-standing="missed"]`).count(), 1, "a session that nobody opened is missed");
  await page.fill(at("registers-from"), "18/11/2026");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => location.hash.includes("from=2026-11-18"));
  await page.waitForSelector(`${at("sessions")} tr[data-standing="kept"]`, { state: "detached", ...WAIT });
  await seen(page, size, "sessions");

  await page.click(at("show-incidents"));
  await page.waitForSelector(`${row("incidents", "INC-1")}[data-open="true"]`, WAIT);
  await fits(page, size);
  assert.deepEqual(complaints, [], "no error in the console");
  await page.context().close();
}

/** From a reading and from a question to the dossier, and back to where one was. */
async function walkWatching(size) {
  const complaints = [];
  const page = await openAt(size, complaints);
  await page.click(at("to-watching"));
  await page.waitForSelector(row("found", "supplement_twice"), WAIT);
  assert.match(await text(page, "unseen"), /không hệ thống nào gửi sự kiện/);
  await enter(page, row("found", "supplement_twice"));
  await page.waitForSelector(`${at("units")} [data-unit="${AGENCY}"]`, WAIT);
  await seen(page, size, "quality");
  await page.click(`${at("evidence")} ${at("to-dossier")}`);
  await page.waitForSelector(at("span"), WAIT);
  assert.equal(await page.textContent(at("dossier-title")), TWICE);
  await page.goBack();
  await page.waitForSelector(at("evidence"), WAIT);

  await page.click(at("show-integrity"));
  await page.waitForSelector(row("found", "due_moved"), WAIT);
  assert.match(await text(page, "no-verdict"), /câu hỏi gửi đơn vị, không phải kết luận/);
  assert.match(await text(page, "unseen"), /giấy tờ do chính người nộp/);
  await enter(page, row("found", "due_moved"));
  await page.waitForSelector(at("evidence"), WAIT);
  assert.match(await text(page, "evidence"), new RegExp(MOVED));
  await seen(page, size, "integrity");
  await file(page, "found-csv", /^integrity_2026-.*_simulated\.csv$/, MOVED);
  assert.deepEqual(complaints, [], "no error in the console");
  await page.context().close();
}

/** A criterion is judged and seen in its group, weights are set, and officers are entered; what is refused is said. */
async function enterScores() {
  const complaints = [];
  const page = await openAt(SIZES[0], complaints);
  await page.evaluate(([period, site]) => { location.hash = `#/scorecard?period=${period}&key=${site}`; }, [PERIOD, SITE]);
  await page.click(`${at("judge")} > summary`);
  await page.selectOption(at("judged-metric"), "cost");
  await page.fill(at("judged-points"), "140");
  await page.fill(at("judged-source"), "Biên bản thử");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector('[data-testid="judged-form-status"]')?.textContent?.includes("0 to 100"));
  await page.fill(at("judged-points"), "80,5");
  await page.keyboard.press("Enter");
  await page.waitForSelector(`${row("metrics", "cost")}[data-entered="true"]`, WAIT);
  assert.match(await page.textContent(row("metrics", "cost")), /80,5/);
  assert.equal(await page.textContent(`${at("group")}[data-group="5.6"] ${at("group-points")}`), "80,5");
  await page.screenshot({ path: `${shots}/pages-b-judged.png`, fullPage: true });
  await page.click(at("judged-away"));
  await page.waitForSelector(`${at("group")}[data-group="5.6"][data-unknown="true"]`, WAIT);

  await page.keyboard.press("Escape");
  await page.waitForSelector(at("weights"), WAIT);
  await page.click(`${at("weights")} > summary`);
  await page.fill(at("weight-5.2"), "2");
  await page.fill(at("weights-source"), "Quy chế thử");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector('[data-testid="weights-from"]')?.textContent?.includes("Quy chế thử"), null, WAIT);
  assert.match(await page.textContent(`${at("weights-part")} li[data-group="5.2"]`), /20,0%/);

  await page.evaluate((site) => { location.hash = `#/scorecard?show=productivity&key=${site}`; }, SITE);
  await page.fill(at("staff-count"), "2");
  await page.fill(at("staff-source"), "Quyết định thử");
  await page.keyboard.press("Enter");
  await page.waitForFunction((site) => document.querySelector(`[data-testid="productivity"] tr[data-key="${site}"] td[data-column="staff"]`)?.textContent === "2", SITE, WAIT);

  await page.evaluate(() => { location.hash = "#/scorecard?show=baselines"; });
  await page.click(`${at("baseline-entry")} > summary`);
  for (const [name, value] of [["index", "SIPAS"], ["year", "2024"], ["rank", "12"], ["source", "Công bố thử"]]) await page.fill(at(`baseline-${name}`), value);
  await page.keyboard.press("Enter");
  await page.waitForSelector(`${at("baselines")} tr[data-entered="true"]`, WAIT);
  assert.deepEqual(complaints, [], "no error in the console");
  await page.context().close();
}

/** A task's progress is reported with its evidence and seen; a new task and a subject's deadline, too. */
async function enterProgress() {
  const complaints = [];
  const page = await openAt(SIZES[0], complaints);
  await page.evaluate(() => { location.hash = "#/registers"; });
  await page.waitForSelector(`${row("tasks", "transfer/07")}[data-standing="overdue"]`, WAIT);
  await enter(page, row("tasks", "transfer/07"));
  await page.waitForSelector(at("progress-form"), WAIT);
  await page.fill(at("progress-evidence"), "12/QĐ-TTPVHCC");
  await page.click(`${at("progress-form")} button[type="submit"]`);
  await page.waitForFunction(() => document.querySelector('[data-testid="progress-form-status"]')?.textContent?.includes("source"));
  await page.fill(at("progress-source"), "Báo cáo thử");
  await page.keyboard.press("Enter");
  await page.waitForSelector(`${row("tasks", "transfer/07")}[data-standing="done"]`, WAIT);
  assert.match(await page.textContent(`${row("tasks", "transfer/07")} ${at("task-evidence")}`), /12\/QĐ-TTPVHCC/);

  await page.click(`${at("new-task")} > summary`);
  const task = [["id", "plan/1"], ["lead", "Sở Nội vụ"], ["vi", "Việc thử"], ["en", "A trial task"], ["due", "31/11/2026"], ["source", "Kế hoạch thử"]];
  for (const [name, value] of task) await page.fill(at(`task-${name}`), value);
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector('[data-testid="task-form-status"]')?.textContent?.includes("cần một ngày"));
  await page.fill(at("task-due"), "30/11/2026");
  await page.keyboard.press("Enter");
  await page.waitForSelector(`${row("tasks", "plan/1")}[data-standing="due_soon"]`, WAIT);
  await page.screenshot({ path: `${shots}/pages-b-progress.png`, fullPage: true });

  await page.evaluate(() => { location.hash = "#/registers?show=training"; });
  await page.click(`${at("subject-entry")} > summary`);
  await page.fill(at("subject-code"), "one_stop_mechanism");
  await page.selectOption(at("subject-kind"), "issued");
  await page.fill(at("subject-day"), "01/11/2026");
  await page.fill(at("subject-source"), "Quyết định thử");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector('[data-subject="one_stop_mechanism"] [data-testid="subject-due"]')?.textContent?.includes("16/11/2026"), null, WAIT);
  await page.waitForSelector(`${row("training", SITE)} [data-overdue="true"]`, WAIT);
  assert.deepEqual(complaints, [], "no error in the console");
  await page.context().close();
}

try {
  await postEvents();
  for (const size of SIZES) await walkScorecard(size);
  for (const size of SIZES) await walkRegisters(size);
  for (const size of SIZES) await walkWatching(size);
  await enterScores();
  await enterProgress();
} finally {
  await browser.close();
}
