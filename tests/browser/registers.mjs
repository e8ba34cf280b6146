// Walks the pages of the scorecard, the registers, and quality and integrity: a row is opened, a criterion judged and seen, a
// task's progress reported and seen, a question led to its dossier. Arguments: the server's URL, the directory for
// screenshots. Exit 0, or 1 with what went wrong.
import assert from "node:assert/strict";
import { AGENCY, at, download, due, enter, event, FILED, fits, go, hash, inSight, ON_WALL, post, prove, row, says, seen, sel, SILENT, SITE, SIZES, text, WAIT } from "./common.mjs";

const PERIOD = "2026-11";
const LATE = "000.00.25.H26-261102-0001";
const TWICE = "000.00.25.H26-261103-0002";
const MOVED = "000.00.25.H26-261104-0003";

/** Dossiers of which one is late, one asked for supplements twice, and one whose due date was moved; and what the plans tell. */
async function postEvents() {
  const until = (day) => due(`11-${day}T09:00`);
  const on = (day, time) => `2026-11-${day}T${time}:00+07:00`;
  const session = (day) => ({ site: SITE, from: on(day, "14:00"), to: on(day, "16:00"), kind: "session", published_at: on("02", "08:00") });
  const lines = [
    ["dossier.submitted", "02T08:30", { dossier: LATE, ...FILED }],
    ["dossier.accepted", "02T09:00", { dossier: LATE, ...until("04") }],
    ["dossier.resolved", "05T15:00", { dossier: LATE, result: "approved", e_result: true }],
    ["dossier.submitted", "03T08:30", { dossier: TWICE, ...FILED }],
    ["dossier.accepted", "03T09:00", { dossier: TWICE, ...until("20") }],
    ["dossier.supplement_requested", "04T09:00", { dossier: TWICE }],
    ["dossier.supplemented", "05T09:00", { dossier: TWICE }],
    ["dossier.supplement_requested", "06T09:00", { dossier: TWICE }],
    ["dossier.supplemented", "09T09:00", { dossier: TWICE }],
    ["dossier.submitted", "04T08:30", { dossier: MOVED, ...FILED }],
    ["dossier.accepted", "04T09:00", { dossier: MOVED, ...until("10") }],
    ["dossier.extended", "09T09:00", { dossier: MOVED, ...until("27") }],
    ["rating.given", "23T09:00", { site: SITE, score: 5, scale: 5, channel: "kiosk" }],
    ["site.scheduled", "02T08:00", session("17")],
    ["site.opened", "17T13:58", { site: SITE }],
    ["site.scheduled", "02T08:00", session("18")],
    ["training.attended", "06T09:00", { unit: SITE, subject: "one_stop_mechanism", count: 3, of: 4 }],
    ["incident.reported", "20T09:00", { incident: "INC-1", site: SITE, kind: "outage" }],
  ].map(([type, time, data], n) => event(`registers-${n}`, type, time, data));
  await post(lines);
}

async function file(page, button, called, has) {
  const { name, lines } = await download(page, button);
  assert.match(name, called);
  assert.ok(lines.some((line) => line.includes(has)), `${has} stands in ${name}`);
}

/** The board, one card by the keyboard, productivity and equity. */
async function walkScorecard(page) {
  await page.click(sel("to-scorecard"));
  await page.waitForSelector(row("board", SITE), WAIT);
  assert.match(await text(page, "weights-note"), /Đề án không quy định trọng số/);
  assert.match(await text(page, "page-source"), /không có trọng số chính thức/);
  const cost = page.locator(`${row("board", SITE)} td[data-column="g5.6"]`);
  assert.equal(await cost.textContent(), "—", "what is not known is never 0");
  await seen(page, "board", { whole: true });
  await file(page, "board-csv", /^scorecard_internal_2026-11_simulated\.csv$/, SITE);

  await enter(page, row("board", SITE));
  await page.waitForSelector(`${sel("group")}[data-group="5.6"][data-unknown="true"]`, WAIT);
  assert.equal(hash(page), `#/scorecard?key=${SITE}`);
  assert.match(await page.textContent(row("metrics", "on_time")), /3/, "three dossiers are its sample");
  assert.match(await page.textContent(row("metrics", "cost")), /chưa chấm/);
  await seen(page, "card", { whole: true });
  await page.keyboard.press("Escape");
  await page.waitForSelector(row("board", SITE), WAIT);

  await page.click(sel("side-external"));
  await page.waitForSelector(row("board", AGENCY), WAIT);
  assert.match(await page.textContent(row("board", AGENCY)), /Sở Tư pháp/);
  await page.keyboard.press("f");
  await page.keyboard.type("so tu phap");
  await says(page, sel("board-found"), "1/");

  await page.click(sel("show-productivity"));
  await page.waitForSelector(`${row("productivity", SITE)} [data-standing="exempt"]`, WAIT);
  await page.click(sel("show-equity"));
  await page.waitForSelector(row("equity", "wait"), WAIT);
  assert.equal(await page.textContent(`${row("equity", "wait")} td[data-column="rural"]`), "—", "no commune has been heard");
  await page.click(sel("show-baselines"));
  await page.waitForSelector(sel("baselines"), WAIT);
  assert.match(await text(page, "baselines"), /SIPAS.*83,57/);
  await page.click(`${sel("page-scorecard")} button[lang="en"]`);
  await page.waitForSelector("html[lang=en]");
  assert.match(await text(page, "page-source"), /none is official/);
  await fits(page);
}

/** The four registers, and what each does not know. */
async function walkRegisters(page) {
  await page.click(sel("to-registers"));
  await page.waitForSelector(`${row("tasks", "transfer/07")}[data-standing="overdue"]`, WAIT);
  const standings = await page.$$eval(`${sel("tasks")} tbody tr[data-key]`, (rows) => rows.map((one) => one.dataset.standing));
  assert.equal(standings.length, 14);
  assert.equal(standings.lastIndexOf("overdue") + 1, standings.filter((one) => one === "overdue").length, "what is overdue comes first");
  await seen(page, "tasks", { whole: true });

  await page.click(sel("show-training"));
  await page.waitForSelector(row("training", SITE), WAIT);
  assert.match(await text(page, "reported"), /1\/126/);
  assert.match(await page.textContent(row("training", SITE)), /75%/);
  await page.fill(sel("training-find"), SILENT);
  await page.waitForSelector(`${row("training", SILENT)}[data-unknown="true"]`, WAIT);
  assert.match(await page.textContent(row("training", SILENT)), /không có dữ liệu/, "who never reported is no data");
  await fits(page);

  await page.click(sel("show-sessions"));
  await page.waitForSelector(`${sel("sessions")} tr[data-standing="kept"]`, WAIT);
  assert.equal(await page.locator(`${sel("sessions")} tr[data-standing="missed"]`).count(), 1, "a session that nobody opened is missed");
  await page.fill(sel("registers-from"), "18/11/2026");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => location.hash.includes("from=2026-11-18"));
  await page.waitForSelector(`${sel("sessions")} tr[data-standing="kept"]`, { state: "detached", ...WAIT });
  await seen(page, "sessions", { whole: true });

  await page.click(sel("show-incidents"));
  await page.waitForSelector(`${row("incidents", "INC-1")}[data-open="true"]`, WAIT);
  await fits(page);
}

/** From a reading and from a question to the dossier, and back to where one was. */
async function walkWatching(page) {
  await page.click(sel("to-watching"));
  await page.waitForSelector(row("found", "supplement_twice"), WAIT);
  assert.match(await text(page, "unseen"), /không hệ thống nào gửi sự kiện/);
  await enter(page, row("found", "supplement_twice"));
  await page.waitForSelector(`${sel("units")} [data-unit="${AGENCY}"]`, WAIT);
  await seen(page, "quality", { whole: true });
  // The desk, which stands behind, has an evidence of its own.
  await page.click(`${inSight(sel("evidence"))} ${sel("to-dossier")}`);
  await page.waitForSelector(sel("span"), WAIT);
  assert.equal(await text(page, "page-title"), TWICE);
  await page.goBack();
  await page.waitForSelector(inSight(sel("evidence")), WAIT);

  await page.click(sel("show-integrity"));
  await page.waitForSelector(row("found", "due_moved"), WAIT);
  assert.match(await text(page, "no-verdict"), /câu hỏi gửi đơn vị, không phải kết luận/);
  assert.match(await text(page, "unseen"), /giấy tờ do chính người nộp/);
  await enter(page, row("found", "due_moved"));
  await page.waitForSelector(inSight(sel("evidence")), WAIT);
  assert.match(await text(page, "evidence"), new RegExp(MOVED));
  await seen(page, "integrity", { whole: true });
  await file(page, "found-csv", /^integrity_2026-.*_simulated\.csv$/, MOVED);
}

/** A criterion is judged and seen in its group, weights are set, and officers are entered; what is refused is said. */
async function enterScores(page) {
  await go(page, `#/scorecard?period=${PERIOD}&key=${SITE}`);
  await page.click(`${sel("judge")} > summary`);
  await page.selectOption(sel("judged-metric"), "cost");
  await page.fill(sel("judged-points"), "140");
  await page.fill(sel("judged-source"), "Biên bản thử");
  await page.keyboard.press("Enter");
  await says(page, sel("judged-form-status"), "Điểm phải từ 0 đến mức tối đa");
  await page.fill(sel("judged-points"), "80,5");
  await page.keyboard.press("Enter");
  await page.waitForSelector(`${row("metrics", "cost")}[data-entered="true"]`, WAIT);
  assert.match(await page.textContent(row("metrics", "cost")), /80,5/);
  assert.equal(await page.textContent(`${sel("group")}[data-group="5.6"] ${sel("group-points")}`), "80,5");
  await seen(page, "judged", { whole: true });
  await page.click(sel("judged-away"));
  await page.waitForSelector(`${sel("group")}[data-group="5.6"][data-unknown="true"]`, WAIT);

  await page.keyboard.press("Escape");
  await page.waitForSelector(sel("weights"), WAIT);
  await page.click(`${sel("weights")} > summary`);
  await page.fill(sel("weight-5.2"), "2");
  await page.fill(sel("weights-source"), "Quy chế thử");
  await page.keyboard.press("Enter");
  await says(page, sel("weights-from"), "Quy chế thử");
  assert.match(await page.textContent(`${sel("weights-part")} li[data-group="5.2"]`), /20,0%/);

  await go(page, `#/scorecard?show=productivity&key=${SITE}`);
  await page.fill(sel("staff-count"), "2");
  await page.fill(sel("staff-source"), "Quyết định thử");
  await page.keyboard.press("Enter");
  await page.waitForFunction((site) => document.querySelector(`[data-testid="productivity"] tr[data-key="${site}"] td[data-column="staff"]`)?.textContent === "2", SITE, WAIT);

  await go(page, "#/scorecard?show=baselines");
  await page.click(`${sel("baseline-entry")} > summary`);
  for (const [name, value] of [["index", "SIPAS"], ["year", "2024"], ["rank", "12"], ["source", "Công bố thử"]]) await page.fill(sel(`baseline-${name}`), value);
  await page.keyboard.press("Enter");
  await page.waitForSelector(`${sel("baselines")} tr[data-entered="true"]`, WAIT);
}

/** A task's progress is reported with its evidence and seen; a new task and a subject's deadline, too. */
async function enterProgress(page) {
  await go(page, "#/registers");
  await page.waitForSelector(`${row("tasks", "transfer/07")}[data-standing="overdue"]`, WAIT);
  await enter(page, row("tasks", "transfer/07"));
  await page.waitForSelector(sel("progress-form"), WAIT);
  await page.fill(sel("progress-evidence"), "12/QĐ-TTPVHCC");
  await page.click(`${sel("progress-form")} button[type="submit"]`);
  await says(page, sel("progress-form-status"), "Mỗi ô chữ là một dòng");
  await page.fill(sel("progress-source"), "Báo cáo thử");
  await page.keyboard.press("Enter");
  await page.waitForSelector(`${row("tasks", "transfer/07")}[data-standing="done"]`, WAIT);
  assert.match(await page.textContent(`${row("tasks", "transfer/07")} ${sel("task-evidence")}`), /12\/QĐ-TTPVHCC/);

  await page.click(`${sel("new-task")} > summary`);
  const task = [["id", "plan/1"], ["lead", "Sở Nội vụ"], ["vi", "Việc thử"], ["en", "A trial task"], ["due", "31/11/2026"], ["source", "Kế hoạch thử"]];
  for (const [name, value] of task) await page.fill(sel(`task-${name}`), value);
  await page.keyboard.press("Enter");
  await says(page, sel("task-form-status"), "cần một ngày");
  await page.fill(sel("task-due"), "30/11/2026");
  await page.keyboard.press("Enter");
  await page.waitForSelector(`${row("tasks", "plan/1")}[data-standing="due_soon"]`, WAIT);
  await seen(page, "progress", { whole: true });

  await go(page, "#/registers?show=training");
  await page.click(`${sel("subject-entry")} > summary`);
  await page.fill(sel("subject-code"), "one_stop_mechanism");
  await page.selectOption(sel("subject-kind"), "issued");
  await page.fill(sel("subject-day"), "01/11/2026");
  await page.fill(sel("subject-source"), "Quyết định thử");
  await page.keyboard.press("Enter");
  await says(page, '[data-subject="one_stop_mechanism"] [data-testid="subject-due"]', "16/11/2026");
  await page.waitForSelector(`${row("training", SITE)} [data-overdue="true"]`, WAIT);
}

// What is refused is entered on purpose.
const refused = { refused: "400" };
await prove(
  postEvents,
  at(SIZES, walkScorecard), at(SIZES, walkRegisters), at(SIZES, walkWatching),
  at(ON_WALL, enterScores, refused), at(ON_WALL, enterProgress, refused),
);
