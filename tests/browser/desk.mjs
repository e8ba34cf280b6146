// Takes an alert from raised to explained by the keyboard alone: found, chosen, acknowledged, assigned, urged about, answered,
// shelved and taken back, explained; and looks at what the server has of it. Everything here is simulated.
// Arguments: the server's URL, the directory for screenshots. Exit 0, or 1 with what went wrong.
import assert from "node:assert/strict";
import { cut, faint, named, still, tabbed } from "./accessible.mjs";
import { at, event, go, hash, inSight, post, prove, says, seen, sel, url, WAIT } from "./common.mjs";

const SIZES = [{ width: 1920, height: 1080 }, { width: 1366, height: 768 }, { width: 390, height: 844 }];
/** Where people wait and nobody calls: one for each size. */
const CROWDED = ["00004", "00008", "00025"];
/** Each of these falls silent while a list is held; those below fall silent together, before. */
const FALLING = ["00070", "00082", "00091"];
const OUTAGE = ["00097", "00103", "00118", "00127"];
const BEGIN_MIN = 8 * 60;
/** Long enough for a point to be silent, and for the desk to have looked. */
const SILENCE_MIN = 10;

const EXPLAINED = "Mô phỏng: máy gọi số của quầy 2 treo, đã khởi động lại.";
let minute = BEGIN_MIN;
let walks = 0;
const alive = new Set([...CROWDED, ...FALLING, ...OUTAGE]);

const clock = (min) => `23T${String(Math.floor(min / 60)).padStart(2, "0")}:${String(min % 60).padStart(2, "0")}`;

/** Time passes: whoever is alive gives a sign of life each minute. */
async function pass(minutes) {
  const events = [];
  for (const until = minute + minutes; minute < until; minute += 1) {
    for (const site of alive) events.push(event(`desk-${site}-${minute}`, "device.heartbeat", clock(minute), { site, device: "k1", kind: "ticket_machine" }));
  }
  await post(events);
}

async function get(path) {
  const answer = await fetch(`${url}/api/v1/${path}`);
  assert.equal(answer.status, 200, path);
  return answer.json();
}

/** The one open case of a point and a group, once there is one. */
async function caseOf(group, site) {
  for (const begin = Date.now(); Date.now() - begin < WAIT.timeout;) {
    const { alerts } = await get(`alerts?group=${group}${site === null ? "" : `&site=${site}`}`);
    if (alerts.length === 1) return alerts[0];
    await new Promise((done) => setTimeout(done, 50));
  }
  return assert.fail(`no alert of ${group} at ${site}`);
}

/** People who wait from a quarter past eight on, points that fall silent together, and an hour that passes. */
async function raise() {
  const tickets = CROWDED.flatMap((site) => Array.from({ length: 7 }, (_, n) => event(`desk-${site}-t${n}`, "ticket.issued", clock(BEGIN_MIN + 15 + n), { site, ticket: `D${n}`, service: "certification" })));
  await post(tickets);
  await pass(45);
  for (const site of OUTAGE) alive.delete(site);
  await pass(30);
  for (const site of CROWDED) await caseOf("flow", site);
  await caseOf("outage", null);
}

const focus = (page) => page.evaluate(() => document.activeElement?.getAttribute("data-testid"));
const press = async (page, ...keys) => { for (const key of keys) await page.keyboard.press(key); };
const done = (page, words) => says(page, sel("said"), words);
const shown = (page) => page.locator(`${sel("case")}:not([hidden])`).count();
/** Waits until every row is of one point. */
const only = (page, point) => page.waitForFunction(([rows, name]) => {
  const all = [...document.querySelectorAll(rows)].map((one) => one.querySelector(".case-subject").textContent);
  return all.length > 0 && all.every((one) => name.endsWith(one));
}, [sel("case"), point], WAIT);

/** By Tab alone to what is sought. */
async function tabTo(page, testid) {
  for (let i = 0; i < 80; i += 1) {
    await page.keyboard.press("Tab");
    if (await focus(page) === testid) return;
  }
  assert.fail(`Tab does not lead to ${testid}`);
}

/** Answers the form that a key opens: what is typed goes into its fields one after another, `null` leaves one as it is. */
async function fill(page, key, form, texts, words) {
  await page.keyboard.press(key);
  await page.waitForSelector(sel(form), WAIT);
  for (const [i, text] of texts.entries()) {
    if (i > 0) await page.keyboard.press("Tab");
    if (text === null) continue;
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type(text);
  }
  await page.keyboard.press("Enter");
  await done(page, words);
  await page.waitForSelector(sel(form), { state: "hidden" });
}

/** While the chosen row is held nothing moves, and the pill says on which side the new one waits. */
async function hold(page, falls) {
  await press(page, "j");
  const chosen = `${sel("case")}[aria-selected="true"]`;
  await page.waitForSelector(chosen, WAIT);
  assert.equal(await page.getAttribute(chosen, "data-priority"), "high", "the most pressing stands first");
  assert.equal(await focus(page), "cases");
  const before = { top: (await page.locator(chosen).boundingBox()).y, rows: await shown(page) };
  alive.delete(falls);
  await pass(SILENCE_MIN);
  await caseOf("silent", falls);
  await says(page, sel("fresh"), "mới ở dưới");
  assert.deepEqual({ top: (await page.locator(chosen).boundingBox()).y, rows: await shown(page) }, before, "no row moves");
  await seen(page, "desk-held");
  await press(page, "n");
  await page.waitForSelector(`${sel("case")}[aria-selected="true"][data-priority="medium"]`, WAIT);
  assert.ok(await shown(page) > before.rows, "what waited is let in");
  await page.waitForSelector(sel("fresh"), { state: "hidden" });
  const states = await page.$$eval(sel("case"), (all) => all.sort((a, b) => a.ariaPosInSet - b.ariaPosInSet).map((one) => one.dataset.state));
  assert.deepEqual(states, [...states].sort((a, b) => ["new", "acknowledged", "returned", "settled"].indexOf(a) - ["new", "acknowledged", "returned", "settled"].indexOf(b)), "what nobody has stands first");
  await press(page, "Escape");
}

/** The whole of an alert's life, by keys. */
async function walk(page) {
  const site = CROWDED[walks];
  const falls = FALLING[walks];
  walks += 1;
  const isNarrow = page.viewportSize().width < 1100;
  const { id, subject } = await caseOf("flow", site);
  const name = subject.name.replace(/^.*(Phường|Xã) /, "").normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/giu, "d").toLowerCase();

  await tabTo(page, "to-alerts");
  await press(page, "Enter");
  await page.waitForSelector(sel("case"), WAIT);
  assert.equal(hash(page), "#/alerts");
  await seen(page, "desk-list");
  await press(page, "?");
  await page.waitForSelector(`${sel("keys")}[open]`);
  await seen(page, "desk-keys");
  await named(page);
  await press(page, "Escape");
  await page.waitForSelector(`${sel("keys")}:not([open])`, { state: "attached" });
  assert.equal(hash(page), "#/alerts", "the table of keys is left, and nothing else");
  if (!isNarrow) await hold(page, falls);

  await press(page, "f");
  await page.keyboard.type(name);
  await only(page, subject.name);
  assert.equal(hash(page), `#/alerts?find=${encodeURIComponent(name)}`, "what is looked for stands in the address");
  await press(page, "Enter", "j");
  await page.waitForSelector(`${sel("case-detail")}[data-open="true"]`, WAIT);
  await page.waitForSelector(sel("evidence-chart"), WAIT);
  assert.ok(hash(page).endsWith(`&key=${id}`), hash(page));
  await press(page, "k", "Enter");
  assert.equal(await focus(page), "case-title", "Enter leads into the details");
  assert.match(await page.textContent(sel("case-response")), /\S/, "what to do is said");
  await seen(page, "desk-case");

  // The seat is asked for once, and what was to be done is done then.
  await press(page, "a");
  await page.waitForSelector(sel("seat-form"), WAIT);
  await page.keyboard.type("Ca 1");
  await press(page, "Enter");
  await says(page, sel("seat-form-status"), "mã ngắn");
  await press(page, "ControlOrMeta+a");
  await page.keyboard.type("ca-1");
  await seen(page, "desk-seat");
  await press(page, "Enter");
  await done(page, "Đã tiếp nhận.");
  await press(page, "a");
  await done(page, "Không thể “Tiếp nhận”");
  await fill(page, "s", "assign-form", ["ca-2"], "Đã gán.");

  await press(page, "u");
  await page.waitForSelector(sel("urge-form"), WAIT);
  assert.equal(await focus(page), "urge-agency");
  await page.keyboard.type("so tu phap");
  await press(page, "Enter", "Tab");
  assert.match(await page.inputValue(sel("urge-text")), /Đề nghị đơn vị kiểm tra/);
  await seen(page, "desk-urge");
  await press(page, "Enter");
  await done(page, "Đã ghi đôn đốc.");
  await fill(page, "r", "answer-form", [null, "Mô phỏng: đã cử người đến."], "Đã ghi trả lời.");

  await fill(page, "h", "shelve-form", [null, "Mô phỏng: chờ khởi động lại"], "Đã tạm hoãn.");
  assert.equal((await get(`alerts/${id}`)).case.state, "shelved");
  await press(page, "b");
  await done(page, "Đã bỏ hoãn.");

  await press(page, "e");
  await page.waitForSelector(sel("explain-form"), WAIT);
  await press(page, "Enter");
  await says(page, sel("explain-form-status"), "không để trống");
  await page.keyboard.type("Gọi 0912345678 để hỏi");
  await press(page, "Enter");
  await says(page, sel("explain-form-status"), "có thể chỉ ra một người");
  await press(page, "ControlOrMeta+a");
  await page.keyboard.type(EXPLAINED);
  await seen(page, "desk-explain");
  await press(page, "Enter");
  await done(page, "Đã ghi giải trình.");
  await says(page, sel("explanations"), EXPLAINED);
  await says(page, sel("history"), "giải trình");
  await seen(page, "desk-explained");

  const { case: one, history } = await get(`alerts/${id}`);
  assert.deepEqual([one.state, one.acknowledged_by, one.assigned_to], ["acknowledged", "ca-1", "ca-2"]);
  assert.deepEqual(one.explanations.map(({ by, text }) => [by, text]), [["ca-1", EXPLAINED]]);
  assert.deepEqual(one.urges.map(({ agency, answer }) => [agency, answer.text]), [["dept/justice", "Mô phỏng: đã cử người đến."]]);
  const acts = history.filter(({ by }) => by !== null).map(({ what }) => what);
  assert.deepEqual(acts, ["acknowledge", "assign", "urge", "answer", "shelve", "unshelve", "explain"]);

  // The address alone shows the same again.
  await page.reload();
  await page.waitForSelector(`${sel("case-detail")}[data-open="true"]`, WAIT);
  await page.waitForSelector(sel("explanations"), WAIT);
  for (let i = 0; i < 4 && hash(page) !== "#/"; i += 1) await press(page, "Escape");
  assert.equal(hash(page), "#/", "Escape leads out to the room");
}

/** What the page is for those who hear it, use no mouse, or see little contrast; in other media, too. */
async function look(page) {
  const { width } = page.viewportSize();
  for (const [show, ready] of [["list", "case"], ["quality", "quality-sums"], ["rules", "rules"], ["handover", "handover-lines"], ["wall", "wall"]]) {
    await go(page, show === "list" ? "#/alerts" : `#/alerts?show=${show}`);
    await page.waitForSelector(inSight(sel(ready)), WAIT);
    if (show === "wall" && width < 1100) continue;
    await named(page);
    assert.deepEqual(await faint(page), [], `every text of ${show} can be read`);
    await still(page);
    await seen(page, `desk-${show === "list" ? "filters" : show}`, { whole: !["list", "wall"].includes(show) });
  }
  await go(page, "#/alerts");
  await page.waitForSelector(sel("case"), WAIT);
  assert.deepEqual(await cut(page, ".cases-bar *, .desk-chip, .act, .calm *"), [], "no button's words are cut off");
  const first = await page.evaluate(() => { document.querySelector('[data-testid="page-title"]')?.blur(); return document.querySelector(".case")?.dataset.id; });
  await tabbed(page, 24);
  await go(page, `#/alerts?key=${first}`);
  await page.waitForSelector(`${sel("case-detail")}[data-open="true"]`, WAIT);
  await named(page);
  assert.deepEqual(await faint(page), [], "every text of a case can be read");
  await page.emulateMedia({ forcedColors: "active" });
  await seen(page, "desk-forced");
  await page.emulateMedia({ forcedColors: null });
  await page.keyboard.press("Escape");
}

// What is refused is done on purpose: a number that could be somebody's.
await prove(raise, at(SIZES, walk, { refused: "400" }), at(SIZES, look));
