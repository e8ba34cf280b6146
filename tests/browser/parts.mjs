// Who sees only a part: an officer of one point, a liaison of one agency, a planner and an auditor open every page of a locked server.
// What is not open to them is offered nowhere and says so in words; nothing is asked for that would be refused, and nothing waits for
// ever. Then a screen with a key comes to the wall by itself. Everything here is simulated.
// Arguments: the server's URL, the directory for screenshots, the one-time passwords of officer-1, liaison-1, planner-1, auditor-1, and
// keys of a display and of a source. Exit 0, or 1 with what went wrong.
import assert from "node:assert/strict";
import { first } from "./accounts.mjs";
import { faint, named } from "./accessible.mjs";
import { AGENCY, FILED, LIVE, SILENT, SITE, WAIT, at, due, event, fits, go, prove, says, seen, sel, stepsOf, url } from "./common.mjs";

const [officer, liaison, planner, auditor, display, source] = process.argv.slice(4);
const SIZES = [{ width: 1920, height: 1080 }, { width: 1280, height: 800 }, { width: 390, height: 844 }];
const ONE = [SIZES[1]];

const PAGES = ["wall", "alerts", "dossier", "dossiers", "agencies", "index", "scorecard", "registers", "watching", "planner", "briefing", "day", "compare", "guide"];
/** Not in the menu, which is full: the search box leads there, the panel of a point, and to the guide the tools of every head. */
const BESIDE = ["day", "compare", "guide"];
const OPEN = {
  officer: ["alerts", "dossier", "dossiers", "agencies", "day", "compare", "guide"],
  liaison: ["alerts", "dossier", "dossiers", "agencies", "guide"],
  planner: ["agencies", "index", "scorecard", "registers", "planner", "briefing", "day", "compare", "guide"],
  auditor: PAGES,
};
const WAITING = /Đang chờ số liệu|Đang tải/;

async function events() {
  const all = [
    event("part-1", "ticket.issued", "23T08:00", { site: SITE, ticket: "A1", service: "civil" }),
    event("part-2", "ticket.started", "23T08:10", { site: SITE, ticket: "A1", counter: "1" }),
    event("part-3", "ticket.issued", "23T08:11", { site: SILENT, ticket: "B1", service: "civil" }),
    ...stepsOf("part-d", [["part-0001", "submitted", "23T08:05", { ...FILED, agency: AGENCY }], ["part-0001", "accepted", "23T08:06", due("11-24T16:00")]]),
  ];
  const headers = { "content-type": "application/x-ndjson", authorization: `Bearer ${source}` };
  const answer = await fetch(`${url}/api/v1/events`, { method: "POST", headers, body: all.map((one) => `${JSON.stringify(one)}\n`).join("") });
  const { rejected } = await answer.json();
  assert.deepEqual([answer.status, rejected], [200, []]);
}

/** Whether a page has said all that it has to say: nothing in sight still waits. */
const settled = (page) => page.waitForFunction((waiting) => ![...document.querySelectorAll("p, span, td")].some((one) =>
  one.childElementCount === 0 && one.checkVisibility() && one.closest(".map, .planner-map, [data-testid=planner-map]") === null && new RegExp(waiting).test(one.textContent)), WAITING.source, WAIT);

async function everyPage(page, role) {
  const refused = [];
  page.on("response", (answer) => { if (answer.status() === 403) refused.push(answer.url()); });
  const links = await page.$$eval(".head-links a", (all) => all.filter((one) => !one.hidden).map((one) => one.getAttribute("href").slice(2)));
  if (role !== "liaison") assert.deepEqual(links.sort(), OPEN[role].filter((one) => !BESIDE.includes(one)).sort(), `${role}: the menu offers what is open`);
  for (const name of PAGES) {
    await go(page, `#/${name}`);
    await page.waitForSelector(`${sel(`page-${name}`)}:not([hidden])`, WAIT);
    const isClosed = await page.locator(sel(`closed-${name}`)).count() > 0;
    assert.equal(isClosed, !OPEN[role].includes(name), `${role}: ${name} is ${isClosed ? "closed" : "open"}`);
    if (isClosed) {
      const words = await page.textContent(sel(`closed-${name}`));
      assert.match(words, /Trang này không mở.*(hỏi phòng Kiểm tra|người quản lý tài khoản).*Tài khoản này mở được/s);
    } else await settled(page);
    await fits(page);
  }
  for (const tab of ["quality", "handover"]) assert.equal(await page.locator(sel(`show-${tab}`)).count() > 0, role === "auditor", `${role}: ${tab}`);
  await page.keyboard.press("Control+k");
  await page.waitForSelector(`${sel("search-dialog")}[open] .search-answer`);
  const offered = await page.$$eval(".search-answer", (all) => all.map((one) => one.dataset.hash.slice(2)).filter((one) => one !== ""));
  assert.deepEqual(offered.sort(), [...OPEN[role]].sort(), `${role}: the search box offers what is open`);
  await page.keyboard.press("Escape");
  assert.deepEqual(refused, [], `${role}: nothing is asked for that is refused`);
}

const as = (cookie) => ({ before: (page) => page.context().addCookies([cookie]) });

function officerRoom(cookie) {
  return at(SIZES, async (page) => {
    await page.waitForFunction((site) => location.hash === `#/site/${site}`, SITE);
    await says(page, sel("figures-part"), "Chỉ tính");
    const figure = (key) => page.getAttribute(`[data-testid="figure"][data-key="${key}"]`, "data-value");
    assert.deepEqual([await figure("points"), await figure("wait_day")], ["1", "10,0"], "its own point's figures, and no other's");
    assert.match(await page.textContent(sel("signed-in")), /officer-1 · Cán bộ đơn vị · chỉ /);
    await page.waitForFunction(() => document.querySelectorAll('[data-testid="site-list"] [role="option"]').length === 1);
    assert.equal(await page.locator(`${sel("feed")}:visible`).count(), 0, "the feed is of the whole city");
    await settled(page);
    await named(page);
    assert.deepEqual(await faint(page), []);
    await seen(page, "part-room");
  }, as(cookie));
}

async function liaisonLands(page) {
  await page.waitForFunction(() => location.hash === "#/alerts");
  await go(page, "#/");
  await page.waitForSelector(sel("closed-room"));
  assert.match(await page.textContent(sel("closed-room")), /liaison-1 chỉ xem Sở Tư pháp/);
  await seen(page, "part-closed");
}

async function wallByItself(page) {
  await go(page, `#/wall?key=${display}`);
  await page.reload();
  await page.waitForSelector(`${sel("glance-line")}[data-state="live"]`, { state: "attached", timeout: 20_000 });
  assert.equal(new URL(page.url()).hash, "#/wall", "the key does not stay in the address");
  await page.waitForSelector(`${sel("glance-face")}:not([data-state="unknown"])`, WAIT);
  await page.goto("about:blank");
  await page.goto(url);
  await page.waitForSelector(`${sel("glance-line")}[data-state="live"]`, { state: "attached", timeout: 20_000 });
  assert.equal(new URL(page.url()).hash, "#/wall", "a screen that is started again comes back to the wall");
  await seen(page, "part-wall");
}

async function wrongKey(page) {
  await page.click(sel("signin-other"));
  await page.fill(sel("signin-key"), "no key");
  await page.keyboard.press("Enter");
  await says(page, sel("signin-said"), "vgl_");
  await page.fill(sel("signin-key"), display);
  await page.keyboard.press("Enter");
  await page.waitForSelector(`${sel("glance-line")}[data-state="live"]`, { state: "attached", timeout: 20_000 });
}

await events();
const cookies = {};
for (const [role, once] of Object.entries({ officer, liaison, planner, auditor })) cookies[role] = await first(`${role}-1`, once);
const IN = sel("signed-in");
await prove(
  officerRoom(cookies.officer),
  ...Object.entries(cookies).map(([role, cookie]) => at(role === "officer" ? [SIZES[1], SIZES[2]] : ONE, (page) => everyPage(page, role), { ...as(cookie), ready: role === "liaison" ? IN : LIVE })),
  at(SIZES, liaisonLands, { ...as(cookies.liaison), ready: IN }),
  at([SIZES[0]], wallByItself, { ready: sel("signin"), refused: "401" }),
  at([SIZES[2]], wrongKey, { ready: sel("signin"), refused: "401" }),
);
