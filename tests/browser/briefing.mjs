// The leader's page: a week's paper is read, a proposal leads to the figures behind it, the language is changed, each file can be had, and the
// page that is sent on carries its own style under the server's policy.
import assert from "node:assert/strict";
import { ALL_SIZES, at, fits, go, hash, prove, sel, shots, url, WAIT } from "./common.mjs";

const FILES = { pdf: "application/pdf", docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document", xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", html: "text/html; charset=utf-8" };

async function read(page) {
  await page.click(sel("to-briefing"));
  await page.waitForSelector(`${sel("paper")} table`, WAIT);
  await go(page, "#/briefing?span=2026-W48");
  await page.waitForFunction((one) => document.querySelector(one)?.textContent?.includes("tuần 48"), sel("paper"), WAIT);
  await fits(page);
  const { width } = page.viewportSize();
  await page.screenshot({ path: `${shots}/briefing-${width}.png`, fullPage: true });

  const link = page.locator(".paper-link").first();
  await link.click();
  await page.waitForSelector("details[open] code", WAIT);
  assert.match(await page.textContent("details[open] code"), /^(?:vonglau|GET) /, "a figure says by which question it is had");
  await fits(page);

  await page.selectOption(sel("briefing-span"), "2026-11");
  await page.waitForFunction((one) => document.querySelector(one)?.textContent?.includes("tháng 11"), sel("paper"), WAIT);
  assert.equal(await hash(page), "#/briefing?span=2026-11");
  await page.click(`main:not([hidden]) .languages [lang="en"]`);
  await page.waitForFunction((one) => /November/.test(document.querySelector(one)?.textContent ?? ""), sel("paper"), WAIT);

  for (const [format, kind] of Object.entries(FILES)) {
    const href = await page.getAttribute(sel(`briefing-${format}`), "href");
    const answer = await page.request.get(`${url}${href}`);
    assert.deepEqual([answer.status(), answer.headers()["content-type"]], [200, kind], format);
    if (format !== "html") continue;
    await page.goto(`${url}${href}`);
    const width = await page.evaluate(() => getComputedStyle(document.querySelector("main")).maxWidth);
    assert.notEqual(width, "none", "its own style holds");
    await page.goBack();
  }
}

await prove(at(ALL_SIZES, read));
