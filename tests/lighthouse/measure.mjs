// Lighthouse on each room of a running server, desktop preset, with Debian's Chromium: `npm ci && npm run measure -- http://127.0.0.1:8080`.
// Prints a line a room, and what was found wanting. No part of `make test`: its figures of speed are of the machine and its load.
import { launch } from "chrome-launcher";
import lighthouse, { desktopConfig } from "lighthouse";

const [url = "http://127.0.0.1:8080", ...only] = process.argv.slice(2);
const ROOMS = ["#/", "#/planner", "#/briefing", "#/alerts"].filter((room) => only.length === 0 || only.includes(room));

const chrome = await launch({ chromePath: process.env.CHROMIUM ?? "/usr/bin/chromium", chromeFlags: ["--headless", "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"] });
try {
  for (const room of ROOMS) {
    const { lhr } = await lighthouse(`${url}/${room}`, { port: chrome.port, onlyCategories: ["performance", "accessibility", "best-practices"], logLevel: "error" }, desktopConfig);
    const scores = Object.values(lhr.categories).map(({ id, score }) => `${id} ${score === null ? "none" : Math.round(100 * score)}`);
    const times = ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift", "speed-index"].map((id) => `${id} ${lhr.audits[id]?.displayValue ?? "none"}`);
    console.log(`${room}: ${scores.join(", ")} | ${times.join(", ")}`);
    for (const { id, title, auditRefs } of Object.values(lhr.categories)) {
      const wanting = auditRefs.filter(({ weight, id: audit }) => weight > 0 && (lhr.audits[audit]?.score ?? 1) < 0.9).map(({ id: audit }) => `${audit} (${lhr.audits[audit].displayValue ?? lhr.audits[audit].score})`);
      if (wanting.length > 0) console.log(`    ${title ?? id}: ${wanting.join(", ")}`);
    }
  }
} finally {
  chrome.kill();
}
