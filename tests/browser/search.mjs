// Finds from anywhere by the keyboard: a point, an agency, a dossier, a page, an alert's number; and chooses light or dark,
// which is kept, holds before anything is painted, and is light on paper. Arguments: the server's URL, the directory for
// screenshots. Exit 0, or 1 with what went wrong.
import assert from "node:assert/strict";
import { faint, named } from "./accessible.mjs";
import { at, fits, go, hash, inSight, LIVE, ON_WALL, prove, seen, sel, SITE, SIZES, url, WAIT } from "./common.mjs";

const CODE = "000.00.25.H26-261123-0999";
const INPUT = sel("search-input");
const OPEN = `${sel("search-dialog")}[open]`;
const CHOSEN = `${OPEN} [role=option][aria-selected=true]`;
const PAGES = ["guide", "alerts", "dossiers", "agencies", "index", "scorecard", "registers", "watching", "briefing", "day", "compare", "wall"];

/** What has the focus, as far as it can be told from others. */
const focused = (page) => page.evaluate(() => {
  const one = document.activeElement;
  return `${one?.localName} ${one?.dataset.testid ?? ""}`;
});

async function look(page, text) {
  await page.waitForSelector(OPEN, WAIT);
  await page.fill(INPUT, text);
}

const untilChosen = (page, hash) => page.waitForSelector(`${CHOSEN}[data-hash="${hash}"]`, WAIT);

async function untilHash(page, wanted) {
  await page.waitForFunction((one) => location.hash === one, wanted, WAIT);
  assert.equal(await page.locator(OPEN).count(), 0, "the box is gone");
}

/** Parts of the room's head that lie on one another. */
const overlaid = (page) => page.evaluate(() => {
  const parts = [".app-name", ".simulated", ".connection", ".clock", ".frame-tools", ".head-links"].map((one) => document.querySelector(`.head ${one}`)).filter((one) => one?.checkVisibility());
  const boxes = parts.map((one) => ({ name: one.className, box: one.getBoundingClientRect() }));
  const isOn = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  return boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => isOn(a.box, b.box)).map((b) => `${a.name} on ${b.name}`));
});

/** By the button, by both keys, and out of it again to where one was. */
async function walkBox(page) {
  assert.deepEqual(await overlaid(page), [], "the head has room for its tools");
  await page.focus(sel("search-open"));
  await page.keyboard.press("Enter");
  await page.waitForSelector(OPEN, WAIT);
  assert.equal(await focused(page), "input search-input");
  assert.equal(await page.locator(`${OPEN} [data-group=pages] [role=option]`).count(), 15, "every page before anything is typed");
  await named(page);
  await seen(page, "search-pages");
  await page.keyboard.press("Escape");
  await page.waitForSelector(OPEN, { state: "detached" });
  assert.equal(await focused(page), "button search-open", "the focus is back");
  assert.equal(await hash(page), "", "and nothing was left");

  await page.keyboard.press("f");
  assert.equal(await focused(page), "input search", "f finds on the page");
  await page.keyboard.press("/");
  assert.equal(await page.locator(OPEN).count(), 0, "what is typed is typed");
  await page.fill(sel("search"), "");
  await page.keyboard.press("Control+k");
  await look(page, "zzz");
  await page.waitForSelector(`${sel("search-said")}[data-none=true]`, WAIT);
  assert.equal(await page.getAttribute(INPUT, "aria-expanded"), "false");
  assert.equal(await page.getAttribute(INPUT, "aria-activedescendant"), null);
  await seen(page, "search-nothing");
  await page.click(sel("search-close"));
  assert.equal(await focused(page), "input search");
}

/** Everything that can be found, opened by the keyboard alone. */
async function walkFound(page) {
  await page.evaluate(() => { document.activeElement?.blur(); });
  await page.keyboard.press("/");
  await look(page, "ba dinh");
  await untilChosen(page, `#/site/${SITE}`);
  const [chosen, active] = [await page.getAttribute(CHOSEN, "id"), await page.getAttribute(INPUT, "aria-activedescendant")];
  assert.equal(active, chosen, "the field says what is chosen");
  await named(page);
  assert.deepEqual(await faint(page), [], "what is chosen is read, too");
  await seen(page, "search-found");
  await page.keyboard.press("Enter");
  await untilHash(page, `#/site/${SITE}`);
  await page.waitForSelector(`${sel("site-panel")}[data-site="${SITE}"]`, WAIT);

  for (const [text, to] of [
    ["SỞ TƯ PHÁP", "#/agencies?key=dept/justice"], ["justice", "#/agencies?key=dept/justice"],
    [` ${CODE.toLowerCase()} `, `#/dossier/${CODE}`], ["991231", "#/dossiers?q=991231&stage=all"],
    ["bang diem", "#/scorecard"], ["rules", "#/alerts?show=rules"], ["bo chi so 766", "#/index"], [SITE, `#/site/${SITE}`],
  ]) {
    await page.keyboard.press("Control+k");
    await look(page, text);
    await untilChosen(page, to);
    await page.keyboard.press("Enter");
    await untilHash(page, to);
  }

  await page.keyboard.press("Control+k");
  await look(page, "phuong");
  await untilChosen(page, await page.getAttribute(`${OPEN} [role=option]`, "data-hash"));
  assert.equal(await page.locator(`${OPEN} [data-group=points] [role=option]`).count(), 8, "no more than can be looked over");
  await page.keyboard.press("ArrowUp");
  assert.equal(await page.getAttribute(`${OPEN} [role=option] >> nth=-1`, "aria-selected"), "true", "arrows go round");
  await page.keyboard.press("ArrowDown");
  assert.equal(await page.getAttribute(`${OPEN} [role=option] >> nth=0`, "aria-selected"), "true");
  await page.keyboard.press("Escape");
}

/** An open alert by its number, where the desk has one. */
async function walkAlert(page) {
  await go(page, "#/alerts");
  await page.waitForSelector(inSight(sel("page-title")), WAIT);
  const id = await page.evaluate(async () => {
    const answer = await fetch("/api/v1/alerts?state=new&limit=1");
    return answer.ok ? ((await answer.json()).alerts[0]?.id ?? null) : null;
  });
  if (id === null) return;
  await page.keyboard.press("Control+k");
  await look(page, id);
  await untilChosen(page, `#/alerts?key=${id}`);
  await page.keyboard.press("Enter");
  await untilHash(page, `#/alerts?key=${id}`);
}

const ground = (page) => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
const scheme = (page) => page.evaluate(() => getComputedStyle(document.documentElement).colorScheme);
const DARK = "rgb(11, 14, 16)";
const LIGHT = "rgb(242, 244, 244)";

/** As the system has it, light, dark; kept, and on paper always light. */
async function walkTheme(page) {
  await go(page, "#/");
  const press = () => page.click(`${sel("theme")}:visible`);
  const setting = () => page.getAttribute(`${sel("theme")}:visible`, "data-setting");
  assert.equal(await setting(), "system");
  for (const [colorScheme, wanted] of [["light", LIGHT], ["dark", DARK]]) {
    await page.emulateMedia({ colorScheme });
    assert.equal(await ground(page), wanted, `a system that is ${colorScheme}`);
  }

  await press();
  assert.deepEqual([await setting(), await ground(page), await scheme(page)], ["light", LIGHT, "light"], "chosen against the system");
  await fits(page);
  assert.deepEqual(await faint(page), []);
  await seen(page, "room-light");
  // It does not hang on the page's own script, which is kept from running.
  await page.route(/assets\/index-.*\.js$/, (route) => route.abort());
  await page.reload({ waitUntil: "load" });
  assert.equal(await ground(page), LIGHT, "before the page's own script");
  await page.unroute(/assets\/index-.*\.js$/);
  await page.reload({ waitUntil: "load" });
  await page.waitForSelector(LIVE, { state: "attached", ...WAIT });
  assert.deepEqual([await setting(), await ground(page)], ["light", LIGHT], "kept");

  // A stylesheet that comes late: until it is there nothing is painted in the other colours.
  await page.route(/assets\/light-.*\.css$/, async (route) => {
    await new Promise((done) => { setTimeout(done, 800); });
    await route.continue();
  });
  await page.reload({ waitUntil: "commit" });
  await page.waitForFunction(() => document.getElementById("app") !== null);
  const bare = await page.evaluate(() => {
    const { visibility, colorScheme } = getComputedStyle(document.documentElement);
    return { visibility, colorScheme };
  });
  assert.deepEqual(bare, { visibility: "hidden", colorScheme: "light" }, "before its stylesheet has come");
  await page.waitForFunction((wanted) => getComputedStyle(document.documentElement).visibility === "visible" && getComputedStyle(document.documentElement).backgroundColor === wanted, LIGHT);
  await page.unroute(/assets\/light-.*\.css$/);
  await page.waitForSelector(LIVE, { state: "attached", ...WAIT });

  for (const wanted of [LIGHT, DARK]) {
    if (wanted === DARK) await press();
    assert.equal(await ground(page), wanted);
    for (const name of PAGES) {
      await go(page, `#/${name}`);
      await page.waitForSelector(`${sel(`page-${name}`)}:not([hidden])`, WAIT);
      assert.deepEqual(await faint(page), [], `${name} on ${wanted}`);
      await fits(page);
    }
    await go(page, "#/");
    await page.waitForSelector(`${sel("theme")}:visible`, WAIT);
  }
  assert.deepEqual([await setting(), await scheme(page)], ["dark", "dark"]);
  await page.emulateMedia({ media: "print" });
  assert.deepEqual([await ground(page), await scheme(page)], ["rgb(255, 255, 255)", "light"], "paper is light");
  await page.emulateMedia({ media: null, colorScheme: null });
  await page.goto(`${url}/waits.html`);
  assert.equal(await ground(page), DARK, "the citizens' page follows");
}

/** A page that is cut off from its script says so in the console, and is meant to. */
const CUT_OFF = "net::ERR_FAILED";

await prove(
  at(SIZES, async (page) => {
    await walkBox(page);
    await walkFound(page);
  }, { refused: "404" }),
  at(ON_WALL, walkAlert),
  at(SIZES, walkTheme, { refused: CUT_OFF, before: (page) => page.emulateMedia({ colorScheme: "dark" }) }),
);
