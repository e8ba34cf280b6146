// axe-core over every page and its main states, each dark in Vietnamese by every rule, and light in English by the rules on what
// colours and words change, so that each is met in both sets of colours and both languages. No rule is switched off. The policy of the page lets no foreign script in, so this pass alone goes round
// it (`bypassCSP`); every other script here runs under it. Everything here is simulated.
// Arguments: the server's URL, the directory for screenshots. Exit 0, or 1 with what axe found.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { AGENCY, FILED, LIVE, SILENT, SITE, WAIT, browser, drawn, due, event, go, post, prove, questions, sel, stepsOf, timed, url } from "./common.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** Rules on what colours and words change: nodes and their roles are the same in both, and are looked at once, by every rule. */
const CHANGED = [
  "color-contrast", "link-in-text-block", "target-size", "html-has-lang", "html-lang-valid", "valid-lang", "document-title", "button-name", "link-name", "label", "select-name",
  "summary-name", "svg-img-alt", "role-img-alt", "image-alt", "aria-command-name", "aria-dialog-name", "aria-input-field-name", "aria-toggle-field-name", "aria-meter-name",
  "aria-progressbar-name", "aria-tooltip-name", "empty-heading", "empty-table-header", "label-title-only", "scrollable-region-focusable", "frame-title",
];
const DOSSIER = "000.00.25.H26-261123-0001";

/** What a page is in, once it has been opened: how it is come to, and what is waited for. */
const click = (testid) => async (page) => { await page.click(`${sel(testid)}:visible`); };
const STATES = [
  ["the room", "#/", LIVE],
  ["the room, coverage on", "#/", '[data-testid="coverage-covered"]', click("coverage-covered")],
  ["a point", `#/site/${SITE}`, `${sel("site-panel")} .panel-name`],
  ["a silent point", `#/site/${SILENT}`, `${sel("site-panel")} .panel-name`],
  ["no such point", "#/site/none", sel("site-panel")],
  ["the wall", "#/wall", sel("glance-face")],
  ["the desk", "#/alerts", sel("page-alerts")],
  ["a case of the desk", "#/alerts", `${sel("page-alerts")}:not([hidden])`, async (page) => {
    await page.locator('[data-testid="desk-panes"] [role="option"]').first().click({ timeout: 2_000 }).catch(() => undefined);
  }],
  ["the seat", "#/alerts", `${sel("desk-seat")}:visible`, click("desk-seat")],
  ["keys of the desk", "#/alerts", `${sel("desk-help")}:visible`, click("desk-help")],
  ["quality of alerts", "#/alerts?show=quality", sel("page-alerts")],
  ["rules of alerts", "#/alerts?show=rules", sel("rules"), unfold],
  ["the hand-over", "#/alerts?show=handover", sel("handover")],
  ["the desk on a wall", "#/alerts?show=wall", sel("page-alerts")],
  ["no dossier yet", "#/dossier", sel("page-dossier")],
  ["a dossier", `#/dossier/${DOSSIER}`, sel("page-dossier")],
  ["an unknown dossier", "#/dossier/none", sel("page-dossier")],
  ["dossiers", "#/dossiers?stage=all", sel("page-dossiers")],
  ["agencies", "#/agencies", sel("page-agencies"), unfold],
  ["an agency", `#/agencies?key=${AGENCY}`, sel("page-agencies")],
  ["the index", "#/index", sel("page-index"), unfold],
  ["losses of an indicator", "#/index?by=city&indicator=2.1", sel("page-index")],
  ["parts of the index", "#/index?by=agency", sel("page-index")],
  ["the scorecard", "#/scorecard", sel("page-scorecard"), unfold],
  ["productivity", "#/scorecard?show=productivity", sel("page-scorecard"), unfold],
  ["town and country", "#/scorecard?show=equity", sel("page-scorecard"), unfold],
  ["published indices", "#/scorecard?show=baselines", sel("page-scorecard"), unfold],
  ["tasks", "#/registers", sel("page-registers"), unfold],
  ["training", "#/registers?show=training", sel("page-registers"), unfold],
  ["sessions", "#/registers?show=sessions", sel("page-registers")],
  ["incidents", "#/registers?show=incidents", sel("page-registers")],
  ["data quality", "#/watching", sel("page-watching")],
  ["signs", "#/watching?show=integrity", sel("page-watching")],
  ["the planner", "#/planner", sel("page-planner")],
  ...["gaps", "siting", "saved", "hours", "equity", "queue", "bus", "groups"].map((tab) => [`the planner, ${tab}`, "#/planner", `${sel(`planner-tab-${tab}`)}:visible`, click(`planner-tab-${tab}`)]),
  ["the briefing", "#/briefing", sel("page-briefing")],
  ["the guide", "#/guide", sel("page-guide")],
  ["a figure of the guide", "#/guide/wait_day", sel("guide-name")],
  ["the tour's page", "#/guide/tour", sel("tour-to-room")],
  ["a figure explained", "#/", LIVE, async (page) => {
    await page.click('[data-testid="figure"] .explained >> nth=0');
    await page.waitForSelector(`${sel("explain")}[open]`);
  }],
  ["the search box", "#/", LIVE, async (page) => {
    await page.keyboard.press("Control+k");
    await page.fill(sel("search-input"), "ba dinh");
  }],
  // The last: its card stays over whatever comes after.
  ["a step of the tour", "#/guide/tour", sel("tour-to-dossiers"), async (page) => {
    await go(page, "#/guide/tour");
    await page.click(`${sel("tour-to-dossiers")}:visible`);
    await page.waitForSelector(`${sel("tour")}:not([hidden])`);
  }],
];

/** Everything that folds is opened, so that it is looked at. */
async function unfold(page) {
  await page.evaluate(() => { for (const one of document.querySelectorAll("main:not([hidden]) details")) one.open = true; });
}

const found = [];

/** What axe says of the page as it stands, by all rules or by some. */
async function look(page, name, rules = null) {
  // A colour on its way to another is neither, and what still waits is looked at once it is there.
  await page.evaluate(async () => {
    await Promise.allSettled(document.getAnimations().filter((one) => one instanceof CSSTransition).map((one) => one.finished));
  });
  const violations = await page.evaluate(async ([tags, some]) => {
    // Pages that are out of sight say nothing, and yet axe goes through all that they hold: they are taken out for that long. What of
    // them can do harm to a page in sight is an id of theirs that is one of its own, too.
    const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
    const twice = [...new Set(ids.filter((id, i) => ids.indexOf(id) !== i))];
    const away = [...document.querySelectorAll("main[hidden]")].map((one) => [one, document.createComment("away")]);
    for (const [one, place] of away) one.replaceWith(place);
    const runOnly = some === null ? { type: "tag", values: tags } : { type: "rule", values: some };
    const { violations: all } = await globalThis.axe.run(document, { runOnly, resultTypes: ["violations"], elementRef: false });
    for (const [one, place] of away) place.replaceWith(one);
    return all.map(({ id, help, nodes }) => ({ id, help, n: nodes.length, where: nodes.slice(0, 3).map(({ target, failureSummary }) => `${target.join(" ")} — ${failureSummary.split("\n").slice(1).join("; ").trim()}`) }))
      .concat(twice.length === 0 ? [] : { id: "ids", help: "each id once in the document", n: twice.length, where: twice });
  }, [TAGS, rules]);
  timed(`${name} is looked at`);
  for (const { id, help, n, where } of violations) found.push(`${name}: ${id} (${help}), ${n} times\n    ${where.join("\n    ")}`);
}

/** The two ways in which each state is looked at. */
const WAYS = [["dark", "vi"], ["light", "en"]];

async function walk() {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: "dark", bypassCSP: true, serviceWorkers: "block" });
  const page = await context.newPage();
  // A map that is drawn by a machine without a graphics card takes most of the time, and its canvas says nothing to axe.
  await page.route(/maplibre-.*\.m?js$/, (route) => route.abort());
  await page.goto(url);
  await page.waitForSelector(LIVE, { state: "attached", timeout: 20_000 });
  const asked = questions(page);
  await page.evaluate(AXE);
  const into = async ([colorScheme, lang]) => {
    await page.emulateMedia({ colorScheme });
    await page.evaluate((one) => { document.querySelector(`[data-testid="lang-${one}"]`).click(); }, lang);
  };
  // A state begins in the way in which the last one ended.
  let [now, next] = WAYS;
  await into(now);
  for (const [name, hash, wanted, then] of STATES.filter(([name]) => new RegExp(process.env.AXE_ONLY ?? "").test(name))) {
    await go(page, hash);
    await page.waitForSelector(wanted, { state: "attached", ...WAIT });
    await drawn(page, asked);
    for (const way of [now, next]) {
      if (way !== now) await into(way);
      // Another language makes what is folded out anew.
      await then?.(page);
      if (way !== now || then !== undefined) await drawn(page, asked);
      await look(page, `${name} (${way.join(", ")})`, way === WAYS[0] ? null : CHANGED);
      await page.evaluate(() => { for (const one of document.querySelectorAll("dialog[open]")) one.close(); });
    }
    [now, next] = [next, now];
  }
  await context.close();
}

/** The sign-in and the citizens' page, each a document of its own. */
async function others(colorScheme, lang) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, colorScheme, bypassCSP: true, serviceWorkers: "block" });
  await context.addInitScript((one) => { localStorage.setItem("vonglau.lang", one); }, lang);
  const page = await context.newPage();
  await page.goto(`${url}/waits.html`, { waitUntil: "networkidle" });
  await page.evaluate(AXE);
  await look(page, `waits (${colorScheme}, ${lang})`);
  await page.route("**/api/v1/session", (route) => route.fulfill({ status: 401, contentType: "application/problem+json", body: '{"code":"not_signed_in"}' }));
  await page.goto(url);
  await page.waitForSelector(sel("signin-name"));
  await page.evaluate(AXE);
  await look(page, `the sign-in (${colorScheme}, ${lang})`);
  await page.click(sel("signin-other"));
  await look(page, `the key of a screen (${colorScheme}, ${lang})`);
  await page.unroute("**/api/v1/session");
  await page.goto(url);
  await page.waitForSelector(LIVE, { state: "attached", timeout: 20_000 });
  await page.evaluate(AXE);
  await look(page, `the room on a phone (${colorScheme}, ${lang})`);
  await context.close();
}

await post([
  ...stepsOf("axe", [[DOSSIER, "submitted", "23T08:05", { ...FILED, agency: AGENCY }], [DOSSIER, "accepted", "23T08:06", due("11-23T08:30")]]),
  event("axe-s", "ticket.issued", "23T08:12", { site: SILENT, ticket: "B1", service: "civil" }),
  event("axe-now", "device.heartbeat", "23T09:30", { site: SITE, device: "k1", kind: "ticket_machine" }),
]);
await prove(
  walk,
  ...WAYS.map(([colorScheme, lang]) => () => others(colorScheme, lang)),
);
for (const one of found) console.error(one);
assert.equal(found.length, 0, "axe finds nothing");
