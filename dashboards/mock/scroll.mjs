// Ten thousand alerts at the desk, scrolled through from end to end and back, while nothing changes and while some do each
// second: what script takes in a frame, how even frames are, and whether memory grows. `npm run build && npm run scroll`.
// It prints what it measures, and fails where script takes too much of a frame or memory is not flat.
import assert from "node:assert/strict";
import { openRoom } from "./browser.mjs";

const ALERTS = 10_000;
/** Some are over while they are looked at. */
const MORE = 700;
const PASSES = 4;
/** Pixels a frame: from the first row to the last in about five seconds. */
const STEP = 2_000;
/** Of a sixtieth of a second script may take half, in 95 frames of 100. */
const SCRIPT_MS = 8;
/** What a frame may take in which ten thousand have changed: longer is a long task. */
const LONGEST_MS = 50;
const GROWS_MB = 4;

const { page, order, complaints, close } = await openRoom({ port: 8097, viewport: { width: 1920, height: 1080 }, env: { MOCK_ALERTS: String(ALERTS + MORE) } });
const session = await page.context().newCDPSession(page);
await session.send("Performance.enable");

async function memory() {
  await session.send("HeapProfiler.collectGarbage");
  const { metrics } = await session.send("Performance.getMetrics");
  const of = (name) => metrics.find((one) => one.name === name).value;
  return { heapMB: of("JSHeapUsedSize") / 2 ** 20, nodes: of("Nodes"), listeners: of("JSEventListeners") };
}

/** One way through the list, a step for each frame; gives back the times between frames, and where it is `looked` for, how many had no row in the middle. */
const through = (down, looked = false) => page.evaluate(([step, isDown, isLooked]) => new Promise((done) => {
  const list = document.querySelector('[data-testid="cases"]');
  const gaps = [];
  let last = null;
  let blank = 0;
  const next = (now) => {
    if (last !== null) gaps.push(now - last);
    last = now;
    const { scrollTop, clientHeight, scrollHeight } = list;
    // To look is to have the page laid out in the middle of script: it is not done where that is measured.
    const box = isLooked ? list.getBoundingClientRect() : null;
    if (box !== null && document.elementFromPoint(box.left + 200, box.top + box.height / 2)?.closest(".case") === null) blank += 1;
    if (isDown ? scrollTop + clientHeight >= scrollHeight - 1 : scrollTop <= 0) return done({ gaps, blank });
    list.scrollTop += isDown ? step : -step;
    return requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
}), [STEP, down, looked]);

const SCRIPT = new Set(["FireAnimationFrame", "EventDispatch", "TimerFire", "FunctionCall", "EvaluateScript", "RunMicrotasks"]);
const STYLE = new Set(["UpdateLayoutTree", "Layout", "PrePaint", "Paint"]);
/** The last of a frame on the page's thread. */
const LAST = "Layerize";

/** What each frame costs on the page's thread: script alone, and with style, layout and paint, in ms of its own processor time. What one call makes within another is not counted twice. */
function costsOf(events) {
  const main = events.find(({ name }) => name === "FireAnimationFrame");
  const mine = events.filter(({ pid, tid, ph, name }) => pid === main.pid && tid === main.tid && ph === "X" && (SCRIPT.has(name) || STYLE.has(name) || name === LAST)).sort((a, b) => a.ts - b.ts);
  const frames = [{ script: 0, all: 0 }];
  let end = 0;
  for (const { name, ts, dur, tdur } of mine) {
    const frame = frames.at(-1);
    if (name === LAST) frames.push({ script: 0, all: 0 });
    else if (ts >= end) {
      end = ts + dur;
      // Of the processor's time and not of the clock's: other programs on the machine are none of the page's.
      frame.all += tdur / 1_000;
      if (SCRIPT.has(name)) frame.script += tdur / 1_000;
    }
  }
  return frames.slice(0, -1);
}

async function traced(work) {
  const events = [];
  const take = ({ value }) => { events.push(...value); };
  session.on("Tracing.dataCollected", take);
  await session.send("Tracing.start", { transferMode: "ReportEvents", traceConfig: { includedCategories: ["devtools.timeline", "__metadata"] } });
  const result = await work();
  const ended = new Promise((done) => { session.once("Tracing.tracingComplete", done); });
  await session.send("Tracing.end");
  await ended;
  session.off("Tracing.dataCollected", take);
  return { result, events };
}

const spread = (all) => {
  const sorted = [...all].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return { n: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: sorted.at(-1) };
};
const told = ({ n, p50, p95, p99, max }) => `${n} frames, p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, most ${max.toFixed(1)} ms`;

await page.evaluate(() => { location.hash = "#/alerts?state=new,acknowledged,returned,settled,shelved,suppressed"; });
await page.waitForFunction((n) => Number(document.querySelector('[data-testid="case"]')?.getAttribute("aria-setsize")) >= n, ALERTS, { timeout: 60_000 });
const { blank } = await through(true, true);
await through(false);

/** Through the list and back, some times. */
async function measured(name) {
  const [costs, gaps] = [[], []];
  for (let pass = 0; pass < PASSES; pass += 1) {
    const { result, events } = await traced(() => through(pass % 2 === 0));
    costs.push(...costsOf(events));
    gaps.push(...result.gaps);
  }
  const script = spread(costs.map((one) => one.script));
  console.log(`${name}: script in a frame: ${told(script)}`);
  console.log(`${name}: with style, layout and paint: ${told(spread(costs.map((one) => one.all)))}`);
  console.log(`${name}: from frame to frame: ${told(spread(gaps))}`);
  return script;
}

const before = await memory();
const changing = await measured("changing");
await order("hold");
const still = await measured("still");
const after = await memory();
const rows = await page.locator('[data-testid="case"]').count();
const all = Number(await page.getAttribute('[data-testid="case"]', "aria-setsize"));
console.log(`rows in the page: ${rows} of ${all}; frames without a row in the middle, the first time through: ${blank}`);
console.log(`memory: ${before.heapMB.toFixed(1)} MB before, ${after.heapMB.toFixed(1)} MB after ${2 * PASSES} times through; ${before.nodes} nodes before, ${after.nodes} after`);
await close();
assert.ok(all >= ALERTS && rows < 60, "of ten thousand only rows in view are nodes");
assert.ok(still.p95 < SCRIPT_MS, `script takes under ${SCRIPT_MS} ms in 95 frames of 100`);
assert.ok(changing.p95 < LONGEST_MS, `what changes takes under ${LONGEST_MS} ms`);
assert.ok(after.heapMB - before.heapMB < GROWS_MB && after.nodes < before.nodes * 1.1 + 100, "memory is flat");
assert.deepEqual(complaints, []);
