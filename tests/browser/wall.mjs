// The wall, as a screen that nobody touches has it: what stands, what nobody has in hand, what changed while it watched, a line that
// is lost and comes back by itself; at both sizes the same, in light and dark, calm and in trouble. Everything here is simulated.
// Arguments: the server's URL, the directory for screenshots. Exit 0, or 1 with what went wrong.
import assert from "node:assert/strict";
import { faint, named, still } from "./accessible.mjs";
import { at, event, go, hash, post, prove, says, seen, sel, url, WAIT } from "./common.mjs";

const WALLS = [{ width: 1920, height: 1080 }, { width: 3840, height: 2160 }];
const PHONE = [{ width: 390, height: 844 }];
const BEGIN_MIN = 8 * 60;
/** Where people wait and nobody calls, and points that fall silent together. */
const CROWDED = ["00004", "00008", "00025"];
const OUTAGE = ["00097", "00103", "00118", "00127"];
/** Long enough for a silent line to be found out. */
const WITHIN = { timeout: 10_000 };

let minute = BEGIN_MIN;
const alive = new Set();
const clock = (min) => `23T${String(Math.floor(min / 60)).padStart(2, "0")}:${String(min % 60).padStart(2, "0")}`;

/** Time passes: whoever is alive gives a sign of life each minute. */
async function pass(minutes) {
  const events = [];
  for (const until = minute + minutes; minute < until; minute += 1) {
    for (const site of alive) events.push(event(`wall-${site}-${minute}`, "device.heartbeat", clock(minute), { site, device: "k1", kind: "ticket_machine" }));
  }
  await post(events);
}

const state = (page) => page.getAttribute(sel("glance-face"), "data-state");
const untilState = (page, wanted) => page.waitForSelector(`${sel("glance-face")}[data-state="${wanted}"]`, WAIT);
const shown = (page, testid) => page.locator(`${sel(testid)}:not([hidden])`).count();

/** Where everything on the wall lies, as parts of its width and height: the same on every wall, whatever its lists hold. */
const places = (page) => page.evaluate(() => [...document.querySelectorAll(".glance-face, .glance-figure, .glance-column, .glance-place, .glance-tiles, .glance-more, .glance-foot")].map((one) => {
  const { left, top, width, height } = one.getBoundingClientRect();
  return [left / innerWidth, top / innerHeight, width / innerWidth, height / innerHeight].map((part) => Math.round(part * 500));
}));

/** Nothing scrolls, nothing is under 28 px on 1080 lines but what a hand presses, nothing lies outside its column. */
async function isWall(page) {
  const found = await page.evaluate(() => {
    const root = document.documentElement;
    const line = innerHeight / 1080;
    const texts = [...document.querySelectorAll(".glance *")].filter((one) => one.closest(".glance-tools") === null && one.checkVisibility() && [...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim() !== ""));
    const size = (one) => parseFloat(getComputedStyle(one).fontSize) / line;
    const foot = document.querySelector(".glance-foot").getBoundingClientRect().top;
    return {
      scrolls: root.scrollWidth > innerWidth || root.scrollHeight > innerHeight,
      small: texts.filter((one) => size(one) < 28).map((one) => one.className),
      word: size(document.querySelector(".glance-word")) >= 80,
      below: [...document.querySelectorAll(".glance-column > *, .glance-place")].filter((one) => one.getBoundingClientRect().bottom > foot + 1).map((one) => one.className),
      wide: [...document.querySelectorAll(".glance-face > *, .glance-column-head, .glance-sample, .glance-value")].filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.textContent),
    };
  });
  assert.deepEqual(found, { scrolls: false, small: [], word: true, below: [], wide: [] }, "it is read at four metres");
}

/** A line that is cut without a word: sockets of that time stay open, and nothing ever comes through them; later ones are whole. */
async function deafened(page) {
  let isDeaf = false;
  const sockets = new Map();
  await page.routeWebSocket(/\/ws/, (socket) => {
    const server = socket.connectToServer();
    sockets.set(socket, isDeaf);
    const isDead = () => sockets.set(socket, sockets.get(socket) || isDeaf).get(socket);
    socket.onMessage((message) => { if (!isDead()) server.send(message); });
    server.onMessage((message) => { if (!isDead()) socket.send(message); });
  });
  return { set: (is) => { isDeaf = is; } };
}

async function open(page) {
  await go(page, "#/wall");
  await page.waitForSelector(`${sel("page-wall")}:not([hidden])`, WAIT);
}

const inBoth = async (page, name) => {
  for (const colorScheme of ["dark", "light"]) {
    await page.emulateMedia({ colorScheme });
    assert.deepEqual(await faint(page), [], `${name} in ${colorScheme}`);
    await seen(page, `wall-${name}-${colorScheme}`);
  }
};

/** All points are heard, and somebody has what stands already. */
async function settle() {
  const { sites } = await (await fetch(`${url}/api/v1/sites`)).json();
  for (const { id } of sites) alive.add(id);
  await pass(15);
  const { alerts } = await (await fetch(`${url}/api/v1/alerts?state=new`)).json();
  for (const { id } of alerts) await acknowledge(id);
}

async function acknowledge(id) {
  const answer = await fetch(`${url}/api/v1/alerts/${id}/acknowledge`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ by: "ca-1" }) });
  assert.equal(answer.status, 200);
}

let before = null;

/** Everything lies where it lay at first, but for the rounding of a pixel. */
async function isInPlace(page, words) {
  const now = await places(page);
  before ??= now;
  const moved = now.filter((box, i) => box.some((part, j) => Math.abs(part - before[i][j]) > 1));
  assert.deepEqual([moved, now.length], [[], before.length], words);
}

/** Nothing stands: calm, and every list says so with the time from when on it was watched. */
async function calm(page) {
  await page.click(sel("to-wall"));
  assert.equal(hash(page), "#/wall");
  await untilState(page, "calm");
  await says(page, sel("glance-word"), "Yên ổn");
  await says(page, sel("glance-nobody-none"), "đều đã có người nhận");
  await says(page, sel("glance-lately-none"), "Không có gì thay đổi từ");
  await says(page, sel("glance-overdue"), "không có dữ liệu");
  assert.match(await page.textContent(`${sel("glance-overdue")} strong`), /—/, "no data is not nought");
  assert.ok(await shown(page, "glance-tile") >= 156, "every point has its tile");
  await isWall(page);
  await named(page);
  await still(page);
  await isInPlace(page, "the same on both walls");
  await inBoth(page, "calm");
}

let walks = 0;

/** Alerts are raised while the wall watches: who waits longest, what is new, and how the city stands. */
async function trouble(page) {
  await open(page);
  const first = walks === 0;
  walks += 1;
  if (first) {
    await untilState(page, "calm");
    await post(CROWDED.flatMap((site) => Array.from({ length: 7 }, (_, n) => event(`wall-${site}-t${n}`, "ticket.issued", clock(BEGIN_MIN + 16 + n), { site, ticket: `W${n}`, service: "certification" }))));
    await pass(45);
    for (const site of OUTAGE) alive.delete(site);
    await pass(30);
  }
  await untilState(page, "trouble");
  await says(page, sel("glance-sentence"), "mức cao.");
  await page.waitForSelector(`${sel("glance-nobody")} .glance-place:first-child ${sel("glance-case")}[data-priority="high"]`, WAIT);
  const [cases, { alerts }] = [await shown(page, "glance-case"), await (await fetch(`${url}/api/v1/alerts?state=new`)).json()];
  assert.equal(cases, Math.min(7, alerts.length), "as many as there are, or as have a place");
  if (first) await page.waitForSelector(`${sel("glance-change")}[data-kind="raised"]`, WAIT);
  await isWall(page);
  await isInPlace(page, "lists that fill move nothing");
  await inBoth(page, "trouble");

  // Somebody takes one into hand: it leaves one list and comes into the other. The high one is left for the next wall.
  const id = await page.getAttribute(`${sel("glance-case")}:not([hidden]) >> nth=-1`, "data-case");
  await acknowledge(id);
  await page.waitForSelector(`${sel("glance-case")}[data-case="${id}"]:not([hidden])`, { state: "detached", ...WAIT });
  await page.waitForSelector(`${sel("glance-change")}[data-kind="taken"]:not([hidden])`, WAIT);
  await seen(page, "wall-taken");
}

/** A line that says nothing more is found out, said over the whole wall, and made good without a hand. */
async function loss(page, line) {
  await open(page);
  await page.waitForFunction(() => ["calm", "attention", "trouble"].includes(document.querySelector('[data-testid="glance-face"]').dataset.state), null, WAIT);
  const was = await state(page);
  line.set(true);
  await page.waitForSelector(`${sel("glance-face")}[data-state="lost"]`, WITHIN);
  await says(page, sel("glance-word"), "Mất kết nối");
  await page.waitForSelector('.glance[data-lost="true"]');
  await says(page, `${sel("glance-waiting")} .glance-sample`, "CŨ");
  await isWall(page);
  await inBoth(page, "lost");
  line.set(false);
  await page.waitForSelector(`${sel("glance-face")}[data-state="${was}"]`, { timeout: 45_000 });

  await page.keyboard.press("f");
  await page.waitForSelector('.glance[data-full="true"]', WAIT);
  await page.keyboard.press("f");
  await page.waitForSelector('.glance[data-full="false"]', WAIT);
  await page.evaluate(() => { localStorage.setItem("vonglau.lang", "en"); });
  await page.reload({ waitUntil: "load" });
  await says(page, sel("glance-lately"), "watched since");
  await isWall(page);
  await seen(page, "wall-english");
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => location.hash === "#/", null, WAIT);
}

/** On what is no wall it is read from near. */
async function near(page) {
  await open(page);
  await page.waitForSelector(`${sel("glance-nobody")}`, WAIT);
  await seen(page, "wall-near", { whole: true });
}

await prove(settle, at(WALLS, calm), at(WALLS, trouble), at(WALLS.slice(0, 1), loss, { before: deafened }), at(PHONE, near));
