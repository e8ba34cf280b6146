// Opens the room, posts tickets over HTTP and looks whether the right point changes.
// Arguments: the server's URL, the directory for screenshots. Exit 0, or 1 with what went wrong.
import assert from "node:assert/strict";
import { at, due, event, FILED, LIVE, post, prove, says, seen, sel, SITE, SIZES, stepsOf, text, url, WAIT } from "./common.mjs";

let posted = 0;
let walked = 0;

/** Posts a ticket issued at a site, which is news; the event clock moves on by it. */
async function postTicket(site) {
  posted += 1;
  const time = `23T08:${20 + posted}`;
  assert.equal(await post([event(`browser-${posted}`, "ticket.issued", time, { site, ticket: `B${posted}`, service: "certification" })]), 1);
}

/** The people waiting that the page shows for a site, or null where the list does not show it. */
async function shownWaiting(page, site) {
  return page.evaluate((id) => {
    const row = document.querySelector(`[data-testid="site-row"][data-site="${id}"]`);
    return row === null ? null : row.getAttribute("data-waiting");
  }, site);
}

async function untilWaiting(page, site, waiting) {
  const selector = `[data-testid="site-row"][data-site="${site}"][data-waiting="${waiting}"]`;
  await page.waitForSelector(selector, { state: "attached", ...WAIT });
}

/** Puts the page's WebSocket in our hands: `cut` closes it and holds new ones back until `mend`. */
async function cuttable(page) {
  let current = null;
  let held = Promise.resolve();
  let release = () => {};
  await page.routeWebSocket(/\/ws/, async (socket) => {
    await held;
    socket.connectToServer();
    current = socket;
  });
  return {
    cut() {
      held = new Promise((resolve) => (release = resolve));
      void current.close({ code: 4000 });
    },
    mend() {
      release();
    },
  };
}

/** What a page asks of other hosts than its own, and its line to the server. */
async function watched(page) {
  const outside = [];
  page.on("request", (request) => {
    const to = new URL(request.url());
    if (["http:", "https:", "ws:", "wss:"].includes(to.protocol) && to.host !== new URL(url).host) outside.push(request.url());
  });
  return { outside, line: await cuttable(page) };
}

/** A page of one size: live, changed by a ticket at its site and by that alone. */
async function look(page, { outside, line }) {
  const before = Number(await shownWaiting(page, SITE));
  assert.equal(before, 1 + posted, "the page shows who waits already");
  await postTicket(SITE);
  await untilWaiting(page, SITE, before + 1);
  assert.notEqual(await shownWaiting(page, "00008"), String(before + 1), "another point does not change");

  await seen(page, "room");

  // A lost connection is shown, recovers, and catches up.
  line.cut();
  await page.waitForSelector('[data-testid="connection"]:not([data-state="live"])', { state: "attached", timeout: 20_000 });
  await postTicket(SITE);
  line.mend();
  await page.waitForSelector(LIVE, { state: "attached", timeout: 30_000 });
  await untilWaiting(page, SITE, before + 2);

  assert.deepEqual(outside, [], "no outside host is asked");
}

/** A dossier that is overdue after a supplement, from the room to the reason of every span. */
async function walkToDossier(page) {
  walked += 1;
  const dossier = `000.00.25.H26-261116-${String(walked).padStart(4, "0")}`;
  await post(stepsOf(`room-${walked}`, [
    [dossier, "submitted", "16T09:00", FILED],
    [dossier, "accepted", "16T10:00", due("11-18T10:00")],
    [dossier, "supplement_requested", "17T08:00", {}],
    [dossier, "supplemented", "17T17:00", {}],
  ]));
  await page.click(sel("to-dossiers"));
  await page.fill(sel("dossier-search"), "no-such-code");
  await page.keyboard.press("Enter");
  await says(page, sel("dossier-note"), "no-such-code. Kiểm tra");
  await page.fill(sel("dossier-search"), dossier);
  await page.keyboard.press("Enter");
  await page.waitForSelector(sel("span"), WAIT);
  const spans = await page.$$eval(sel("span"), (nodes) => nodes.map((node) => [node.dataset.phase, node.textContent]));
  assert.deepEqual(spans.map(([phase]) => phase), ["awaiting_reception", "running", "awaiting_supplement", "running", "overdue"]);
  for (const [, words] of spans) assert.match(words, /Do: .*\d\d:\d\d/, "each names its event and when");
  assert.match(await page.textContent(sel("dossier-state")), /quá hạn/);
  assert.match(await page.textContent(sel("spans")), /tạm dừng/);
  await seen(page, "dossier", { whole: true });
  await page.click(`${sel("page-dossier")} .languages [lang="en"]`);
  await says(page, sel("dossier-state"), "overdue");
  assert.match(await text(page, "spans"), /Because of: .*\d\d:\d\d/);
  await page.click(`${sel("page-dossier")} .page-back`);
  await page.waitForSelector(sel("page-dossier"), { state: "hidden" });
}

// A code that nobody knows is asked for on purpose.
await prove(at(SIZES, look, { before: watched }), at(SIZES, walkToDossier, { refused: "404" }));
