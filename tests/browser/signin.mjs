// Signing in for the first time on a server that is locked: a wrong password, the one for once, one of one's own, the second factor with its
// recovery codes, the room, until the session is ended elsewhere; then in with a code, in English.
import assert from "node:assert/strict";
import { code, mine } from "./accounts.mjs";
import { LIVE, at, fits, prove, sel, shots, url } from "./common.mjs";

const once = process.argv[4];
const PHONE = { width: 390, height: 844 };

const says = (page, words) => page.waitForFunction((sought) => document.querySelector('[data-testid="signin-said"]')?.textContent?.includes(sought), words);

async function fill(page, values) {
  for (const [name, value] of Object.entries(values)) await page.fill(sel(`signin-${name}`), value);
  await page.keyboard.press("Enter");
}

async function first(page) {
  await page.waitForSelector(sel("signin-name"));
  await fits(page);
  await fill(page, { name: "room-3", password: "guessed" });
  await says(page, "không đúng");
  await page.screenshot({ path: `${shots}/signin-wrong.png` });
  await fill(page, { name: "room-3", password: once });

  await page.waitForSelector(sel("signin-again"));
  await fill(page, { present: once, new: "ngắn", again: "ngắn" });
  await says(page, "12");
  await fill(page, { present: once, new: mine, again: mine });

  await page.waitForFunction(() => document.querySelector('[data-testid="signin-present"]') === null && document.querySelector('[data-testid="signin-password"]') !== null);
  await fill(page, { password: mine });
  await page.waitForSelector(sel("totp-secret"));
  await fits(page);
  await page.screenshot({ path: `${shots}/signin-factor.png` });
  const secret = await page.textContent(sel("totp-secret"));
  await fill(page, { code: code(secret) });
  await page.waitForSelector(sel("recovery"));
  const codes = await page.$$eval(`${sel("recovery")} li`, (all) => all.map((one) => one.textContent));
  assert.ok(codes.length >= 8, "there are codes for a lost authenticator");
  await page.click(sel("recovery-done"));

  await page.waitForSelector(LIVE, { state: "attached", timeout: 20_000 });
  assert.match(await page.textContent(sel("signed-in")), /room-3 · Chuyên viên giám sát/);
  await page.screenshot({ path: `${shots}/signin-in.png` });

  // The session ends elsewhere: the page finds out when it is looked at, and asks to sign in.
  const ended = await page.request.delete(`${url}/api/v1/session`, { headers: { "x-vonglau-request": "1", origin: url } });
  assert.equal(ended.status(), 204);
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await page.waitForSelector(sel("signin-name"));

  // A code is for once: a recovery code, too.
  await page.click(sel("signin-lang"));
  assert.match(await page.textContent("h1"), /Sign in/);
  for (const [recovery, isTaken] of [[codes[0], true], [codes[0], false]]) {
    await fill(page, { name: "room-3", password: mine });
    await page.waitForSelector(sel("signin-code"));
    await fill(page, { code: recovery });
    if (isTaken) {
      await page.waitForSelector(LIVE, { state: "attached", timeout: 20_000 });
      await page.click(sel("sign-out"));
      await page.waitForSelector(sel("signin-name"));
    } else await says(page, "wrong");
  }
}

await prove(at([PHONE], first, { refused: "401", ready: sel("signin") }));
