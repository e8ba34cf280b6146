// One point's day and points compared: waits by quarters of an hour on one axis, with the queue from single tickets; the day
// plays again, stops, is stepped by keys and stands in the address; every chart is taken along as a picture that stands alone and
// as its values; and what is not there, is still to come, or is not answered is said. Arguments: the server's URL, the directory
// for screenshots. Exit 0, or 1 with what went wrong.
import assert from "node:assert/strict";
import { faint, named, still } from "./accessible.mjs";
import { at, download, event, fits, go, hash, inSight, ON_WALL, post, prove, says, seen, sel, SILENT, SITE, SIZES, text, url, WAIT } from "./common.mjs";

const DAY = "2026-11-20";
const OF_DAY = `#/day?site=${SITE}&date=${DAY}`;
const COMPARED = `#/compare?sites=${SITE},${SILENT}&from=2026-11-19&to=${DAY}`;

/** A number taken, served after so many minutes and done after eight more. */
function visit(site, day, ticket, time, wait) {
  const [hour, minute] = time.split(":").map(Number);
  const after = (more) => `${day}T${String(Math.floor((hour * 60 + minute + more) / 60)).padStart(2, "0")}:${String((minute + more) % 60).padStart(2, "0")}`;
  const data = { site, ticket: `${ticket}` };
  const id = `day-${site}-${day}-${ticket}`;
  return [
    event(`${id}-1`, "ticket.issued", after(0), { ...data, service: "land" }),
    event(`${id}-2`, "ticket.started", after(wait), { ...data, counter: "1" }),
    event(`${id}-3`, "ticket.finished", after(wait + 8), { ...data, counter: "1" }),
  ];
}

/** Two points on two days, one of them slow in the morning; a counter; ratings; and one that left. */
async function postDays() {
  const counter = (time, type) => event(`day-counter-${time}`, `counter.${type}`, `20T${time}`, { site: SITE, counter: "1" });
  await post([
    ...visit(SITE, 19, "B001", "09:00", 4),
    ...visit(SITE, 20, "B001", "08:00", 20), ...visit(SITE, 20, "B002", "08:05", 30), ...visit(SITE, 20, "B003", "08:20", 10), ...visit(SITE, 20, "B004", "10:00", 5),
    event("day-left-1", "ticket.issued", "20T10:05", { site: SITE, ticket: "B005", service: "land" }), event("day-left-2", "ticket.abandoned", "20T10:25", { site: SITE, ticket: "B005" }),
    ...visit(SILENT, 19, "C001", "08:30", 2), ...visit(SILENT, 20, "C001", "08:40", 3),
    counter("08:10", "opened"), counter("11:00", "closed"),
    event("day-rated-1", "rating.given", "20T08:40", { site: SITE, score: 5, channel: "device" }), event("day-rated-2", "rating.given", "20T08:50", { site: SITE, score: 2, channel: "device" }),
    // The last event of all: it tells the server what time it is.
    ...visit(SITE, 24, "B001", "10:00", 12).slice(0, 1),
  ]);
}

const whole = (page) => page.waitForSelector(`${inSight(".day-note")}[data-told="whole"]`, WAIT);
const lanes = (page) => page.locator(`${sel("day-picture")} [data-lane]`).evaluateAll((all) => all.map((one) => one.dataset.lane));
const cursorTime = (page) => text(page, "day-time");
const untilTime = (page, wanted) => page.waitForFunction(([selector, time]) => document.querySelector(selector)?.textContent === time, [sel("day-time"), wanted], WAIT);

async function walkDay(page) {
  await go(page, `#/site/${SITE}`);
  await page.waitForSelector(`${sel("site-panel")}[data-site="${SITE}"]`, WAIT);
  await page.click(sel("to-day"));
  await page.waitForSelector(`${inSight(".day-note")}[data-told="today"]`, WAIT);
  assert.match(await text(page, "day-note"), /tạm tính/, "a day that goes on is provisional");
  await page.waitForSelector(sel("day-picture"), WAIT);

  await page.fill(sel("day-date"), "20/11/2026");
  await page.keyboard.press("Enter");
  await page.waitForFunction((wanted) => location.hash.startsWith(wanted), OF_DAY, WAIT);
  await whole(page);
  assert.match(await text(page, "day-mean"), /16,3/, "the mean of 20, 30, 10 and 5 minutes");
  assert.match(await text(page, "day-tickets"), /^5$/);
  assert.match(await text(page, "day-satisfied"), /50\s?%/);
  assert.deepEqual(await lanes(page), ["waits", "tickets", "transactions", "ratings", "silence", "alerts"], "no queue is made up where none is told");
  assert.match(await page.textContent(`${sel("day-figure")} .chart-note`), /không có bảng hàng đợi/);
  await fits(page);

  await page.check(sel("day-queue"));
  await page.waitForSelector(`${sel("day-picture")} [data-lane="queue"]`, WAIT);
  assert.ok((await lanes(page)).includes("counters"));
  assert.match(await hash(page), /queue=1/);
  await page.click(`${sel("day-figure-values")} > summary`);
  await page.waitForSelector(`${sel("day-figure-values")} tbody tr`, WAIT);
  const cells = await page.locator(`${sel("day-figure-values")} tbody tr`).evaluateAll((rows) => rows.map((row) => [...row.children].slice(0, 2).map((cell) => cell.textContent)));
  assert.deepEqual(cells.slice(0, 2), [["08:00", "2"], ["08:15", "1"]], "the picture's values");
  assert.ok(cells.some(([, issued]) => issued === "—"), "a quarter without a number is no zero");
  await page.click(`${sel("day-figure-values")} > summary`);
  await seen(page, "day", { whole: true });
  await named(page);
  assert.deepEqual(await faint(page), []);
}

/** Plays, stops, is stepped; where it stands is in the address and comes back with it. */
async function walkReplay(page) {
  await go(page, `${OF_DAY}&queue=1`);
  await whole(page);
  await page.waitForSelector(`${sel("day-picture")} [data-lane="queue"]`, WAIT);
  await page.click(sel("day-speed-300"));
  await page.click(sel("day-play"));
  await page.waitForFunction((selector) => (document.querySelector(selector)?.textContent ?? "") >= "08:01", sel("day-time"), WAIT);
  await page.click(sel("day-play"));
  const stopped = await cursorTime(page);
  await page.waitForFunction((time) => location.hash.includes(`at=${encodeURIComponent(time)}`), stopped, WAIT);
  assert.equal(await cursorTime(page), stopped, "it stands still");

  await page.focus(sel("day-slider"));
  await page.keyboard.press("Home");
  await untilTime(page, "08:00");
  for (let i = 0; i < 3; i += 1) await page.keyboard.press("ArrowRight");
  await untilTime(page, "08:15");
  assert.equal(await text(page, "at-waiting"), "2", "both that were given a number by then wait");
  assert.equal(await text(page, "at-counters"), "1");
  assert.equal(await text(page, "at-issued"), "2");
  assert.equal(await text(page, "at-mean"), "10,0 phút");
  await page.keyboard.press("PageUp");
  await untilTime(page, "08:30");
  assert.match(await page.getAttribute(sel("day-slider"), "aria-valuetext"), /08:30/, "the slider says it");
  const here = await hash(page);
  await go(page, "#/");
  await go(page, here);
  await untilTime(page, "08:30");
  await seen(page, "day-replay");

  await still(page);
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.click(sel("day-play"));
  await untilTime(page, "08:45");
  await page.click(sel("day-play"));
  await page.emulateMedia({ reducedMotion: null });
}

/** Opened by a link, where rights are told before the server's now is: nothing is reckoned up to no instant. */
async function walkLink(page) {
  await page.route(`**/api/v1/sites/${SITE}`, async (route) => {
    await page.waitForResponse("**/api/v1/session");
    await page.waitForTimeout(300);
    await route.continue();
  });
  await page.goto("about:blank");
  await page.goto(`${url}/${OF_DAY}&queue=1`);
  await page.waitForSelector(`${sel("day-picture")} [data-lane="queue"] .chart-step`, WAIT);
  await whole(page);
  assert.match(await page.getAttribute(`${sel("day-picture")} [data-lane="queue"] .chart-step`, "d"), /^M[\d.MHV ]+$/);
}

async function bytesOf(page, testid) {
  const [file] = await Promise.all([page.waitForEvent("download"), page.click(sel(testid))]);
  const chunks = [];
  for await (const chunk of await file.createReadStream()) chunks.push(chunk);
  return { name: file.suggestedFilename(), bytes: Buffer.concat(chunks) };
}

/** A picture stands alone: no name of a colour or class is left in it, and a browser draws it from itself. */
async function takenAlong(page, testid, title) {
  const drawn = await bytesOf(page, `${testid}-svg`);
  assert.match(drawn.name, /_simulated\.svg$/);
  const words = drawn.bytes.toString("utf8");
  assert.ok(!/var\(|\s(class|style)=|currentcolor/i.test(words), "every colour is resolved");
  assert.ok(words.includes(title) && words.includes("MÔ PHỎNG"), "its title, and that it is simulated");
  const parsed = await page.evaluate((xml) => new DOMParser().parseFromString(xml, "image/svg+xml").querySelector("parsererror")?.textContent ?? "", words);
  assert.equal(parsed, "");
  const painted = await bytesOf(page, `${testid}-png`);
  assert.deepEqual([...painted.bytes.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
  assert.ok(painted.bytes.length > 5_000, "something is drawn");
}

async function walkFiles(page) {
  await go(page, `${OF_DAY}&queue=1&at=08:15`);
  await whole(page);
  await page.waitForSelector(`${sel("day-picture")} [data-lane="queue"]`, WAIT);
  await takenAlong(page, "day-figure", "Phường Ba Đình");
  const { name, lines } = await download(page, "day-figure-csv");
  assert.match(name, /^day_00004_2026-11-20_simulated\.csv$/);
  assert.ok(lines[1].startsWith("2026-11-20T08:00:00+07:00,2,2,2,0,25,"), lines[1]);
  await go(page, COMPARED);
  await page.waitForSelector(sel("week-picture"), WAIT);
  for (const chart of ["ranking", "hours", "week"]) await takenAlong(page, chart, "Chờ trung bình");
}

/** Chosen by name, by figure and by days; the worst first; an hour without anyone is no zero. */
async function walkCompare(page) {
  await go(page, OF_DAY);
  await whole(page);
  await page.click(sel("day-to-compare"));
  await page.waitForSelector(sel("ranking-picture"), WAIT);
  await page.fill(sel("compare-add"), "tay ho");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => /sites=00004,/.test(location.hash), null, WAIT);
  await page.waitForSelector(`${sel("compare-sites")} li:nth-child(2)`, WAIT);
  await go(page, COMPARED);
  await page.waitForSelector(sel("week-picture"), WAIT);
  await page.waitForSelector(`${sel("hours-picture")} [data-small="${SITE}"][data-n="5"]`, WAIT);
  assert.deepEqual(await page.locator(`${sel("hours-picture")} [data-small]`).evaluateAll((all) => all.map((one) => [one.dataset.small, one.dataset.n])), [[SITE, "5"], [SILENT, "2"]]);
  assert.equal(await page.getAttribute(`${sel("week-picture")} [data-cell="4-8"]`, "data-n"), "3", "Friday from eight to nine");
  assert.equal(await page.getAttribute(`${sel("week-picture")} [data-cell="4-9"]`, "data-n"), "0");
  await page.click(`${sel("ranking-values")} > summary`);
  await page.waitForSelector(`${sel("ranking-values")} tbody tr`, WAIT);
  assert.deepEqual(await page.locator(`${sel("ranking-values")} tbody tr td:nth-child(2)`).allTextContents(), [SITE, SILENT], "the worst first");
  await page.click(sel("figure-over"));
  await page.waitForFunction(() => location.hash.includes("figure=over"));
  await says(page, sel("ranking-values"), "95%");
  await page.selectOption(sel("week-site"), SILENT);
  await page.waitForFunction((site) => location.hash.includes(`key=${site}`), SILENT, WAIT);
  await page.waitForSelector(`${sel("week-picture")} [data-cell="4-8"][data-n="1"]`, WAIT);
  await fits(page);
  await named(page);
  assert.deepEqual(await faint(page), []);
  await seen(page, "compare", { whole: true });
  await page.click(sel(`remove-${SILENT}`));
  await page.waitForFunction((site) => !location.hash.includes(site), SILENT, WAIT);
}

/** What is not there is said, and nothing is drawn for it. */
async function walkStates(page) {
  for (const [to, told] of [["#/day", "pick"], [`#/day?site=${SITE}&date=2026-12-24`, "ahead"], [`#/day?site=${SILENT}&date=2026-11-18`, "empty_city"], [`#/day?site=00025&date=${DAY}`, "empty"]]) {
    await go(page, to);
    await page.waitForSelector(`${inSight(".day-note")}[data-told="${told}"]`, WAIT);
    assert.equal(await page.isVisible(sel("day-picture")), false, to);
    await fits(page);
  }
  await go(page, "#/day?site=NOPE");
  await says(page, inSight(sel("problem")), "Không có điểm phục vụ này");
  await go(page, `#/compare?sites=NOPE,${SITE}`);
  await says(page, sel("compare-note"), "NOPE");

  // A server that does not answer: said, and asked again by hand.
  await page.route("**/api/v1/visits*", (route) => route.abort());
  await go(page, `#/day?site=${SITE}&date=2026-11-19`);
  await says(page, inSight(sel("problem")), "Không nối được máy chủ");
  assert.equal(await page.isVisible(sel("day-picture")), false);
  await seen(page, "day-unreached");
  await page.unroute("**/api/v1/visits*");
  await page.click(`${inSight(sel("problem"))} button`);
  await whole(page);
  assert.equal(await text(page, "day-tickets"), "1");
}

// What is asked for on purpose and is not there, or is cut off, is complained of in the console.
await prove(postDays, at(SIZES, walkDay), at(ON_WALL, walkReplay), at(ON_WALL, walkLink), at(ON_WALL, walkFiles), at(SIZES, walkCompare), at(SIZES, walkStates, { refused: "Failed to load resource" }));
