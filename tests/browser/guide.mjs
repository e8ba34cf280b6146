// Every figure is explained where it stands: by the keyboard and the pointer, with the focus given back; on the guide's page it is found
// without marks and has an address of its own; and the tour goes through the real pages, is left and resumed. Everything here is simulated.
// Arguments: the server's URL, the directory for screenshots. Exit 0, or 1 with what went wrong.
import assert from "node:assert/strict";
import { faint, named } from "./accessible.mjs";
import { at, fits, frames, go, hash, LIVE, ON_WALL, prove, says, seen, sel, SITE, SIZES, url, WAIT } from "./common.mjs";

const OPEN = `${sel("explain")}[open]`;
const CARD = `${sel("tour")}:not([hidden])`;

/** What shows figures, and where each of them is explained. */
const SHOWN = [
  ["#/", '[data-testid="figure"]'],
  [`#/site/${SITE}`, ".now-cell"],
  ["#/agencies", '[data-testid^="system-"] .sums > div'],
  ["#/index", sel("group")],
  [`#/day?site=${SITE}`, ".day-totals > div"],
  ["#/alerts?show=quality", '[data-testid="quality-sums"] li'],
];

const explains = (page) => page.evaluate(() => document.activeElement?.dataset.explains ?? "");

async function walkStrip(page) {
  const first = `[data-testid="figure"][data-key="wait_day"] .explained`;
  await page.focus(first);
  await page.keyboard.press("Enter");
  await page.waitForSelector(OPEN, WAIT);
  await named(page);
  assert.deepEqual(await faint(page), [], "what is explained is read");
  for (const part of ["what", "source", "sample", "target", "basis", "shown", "api"]) {
    assert.ok((await page.textContent(`${OPEN} [data-part=${part}]`)).length > 3, part);
  }
  await fits(page);
  await seen(page, "explain");
  await page.keyboard.press("Escape");
  await page.waitForSelector(OPEN, { state: "detached" });
  assert.equal(await explains(page), "wait_day", "the focus is back");
  assert.equal(await hash(page), "", "and Escape led nowhere else");

  await page.click(first);
  await page.click(sel("explain-whole"));
  await page.waitForFunction(() => location.hash === "#/guide/wait_day", null, WAIT);
  assert.equal(await page.locator(OPEN).count(), 0, "who goes on leaves the dialog behind");
  await says(page, sel("guide-name"), "Chờ trung bình hôm nay");
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => location.hash === "#/guide", null, WAIT);
}

/** Nothing that shows a figure by a name stands without its explanation. */
async function walkEvery(page) {
  for (const [to, each] of SHOWN) {
    await go(page, to);
    await page.waitForSelector(`${each}:visible`, WAIT).catch(() => assert.fail(`${to}: ${each} is shown`));
    const without = await page.$$eval(each, (all) => all.filter((one) => one.checkVisibility() && one.querySelector("[data-explains]") === null).map((one) => one.textContent));
    assert.deepEqual(without, [], to);
  }
}

async function walkGuide(page) {
  await go(page, "#/");
  await page.click(`${sel("to-guide")}:visible`);
  await page.waitForSelector(sel("guide-figure"), WAIT);
  await seen(page, "guide");
  const all = await page.locator(sel("guide-figure")).count();
  await page.fill(sel("guide-find"), "cho trung binh");
  await page.waitForFunction((n) => document.querySelectorAll('[data-testid="guide-figure"]').length < n, all, WAIT);
  assert.ok(await page.locator(`${sel("guide-figure")}[data-figure=wait_day]`).count() === 1, "found without marks");
  assert.equal(await hash(page), "#/guide?find=cho%20trung%20binh");
  await page.fill(sel("guide-find"), "zzz");
  await says(page, ".guide-body", "Không có số liệu nào khớp");
  await go(page, "#/guide/nothing");
  await says(page, ".guide-body", "Không có số liệu mang mã nothing");
  for (const book of ["user", "operator"]) {
    await go(page, "#/guide");
    const to = await page.getAttribute(sel(`book-${book}`), "href");
    const answer = await fetch(`${url}${to}`);
    assert.deepEqual([answer.status, answer.headers.get("content-type")], [200, "text/html; charset=utf-8"], to);
  }
  await page.keyboard.press("Control+k");
  await page.fill(sel("search-input"), "nguoi o xa duong");
  await page.waitForSelector(`${sel("search-dialog")} [data-hash="#/guide/far"]`, WAIT);
  await page.keyboard.press("Escape");
}

const step = (page, name) => page.waitForSelector(`${CARD}[data-step=${name}]`, WAIT);

/** Through every step by Enter alone; a reload stays; Escape in the card leaves, and going back resumes. */
async function walkTour(page) {
  await go(page, "#/guide/tour");
  await page.waitForSelector(sel("tour-to-room"), WAIT);
  await page.focus(".guide-start");
  await page.keyboard.press("Enter");
  const names = ["room", "site", "wall", "alerts", "dossiers", "agencies", "index", "scorecard", "planner", "day", "briefing"];
  for (const name of names) {
    await step(page, name);
    assert.equal(new URL(page.url()).search, `?tour=${name}`);
    assert.equal(await page.evaluate(() => document.activeElement?.dataset.testid), "tour-next", `${name}: the keyboard goes on from the card`);
    await fits(page);
    if (name === "alerts") {
      // The card is there at once, the page under it with its next frame.
      await says(page, sel("desk-seat"), "Vị trí trực");
      await frames(page);
      await named(page);
      await seen(page, "tour");
    }
    if (name !== names.at(-1)) await page.keyboard.press("Enter");
  }
  await page.reload({ waitUntil: "load" });
  await step(page, "briefing");
  await go(page, "#/wall");
  await page.waitForSelector(`${sel("tour-back")}:visible`, WAIT);
  await page.click(sel("tour-back"));
  await page.waitForFunction(() => location.hash === "#/briefing", null, WAIT);
  await page.focus(sel("tour-previous"));
  await page.keyboard.press("Enter");
  await step(page, "day");
  await page.keyboard.press("Escape");
  await page.waitForSelector(CARD, { state: "detached" });
  assert.equal(new URL(page.url()).search, "");
  assert.equal(new URL(page.url()).hash.split("?")[0], "#/day", "leaving the tour leaves no page");
  await page.goBack();
  await step(page, "day");
  await page.click(sel("tour-leave"));
}

await prove(
  at(SIZES, walkStrip, { ready: '[data-testid="figure"]' }),
  at(ON_WALL, walkEvery, { ready: LIVE }),
  at(SIZES, walkGuide, { ready: LIVE }),
  at(ON_WALL, walkTour, { ready: LIVE }),
);
