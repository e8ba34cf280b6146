// Accounts of a server that is locked: the first sign-in of each, done as the sign-in page does it, so that a script can go on from there.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { url } from "./common.mjs";

/** The password that every account of these scripts chooses. */
export const mine = "một mật khẩu đủ dài";

/** The six digits of an authenticator (RFC 6238), of the step that begins so many seconds from now. */
export function code(secret, seconds = 0) {
  const bits = [...secret.replace(/\s/g, "")].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor((Date.now() / 1000 + seconds) / 30)));
  const mac = createHmac("sha1", key).update(step).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** Signs in with the password for once, chooses one, and a second factor where the role needs one; gives back the session's cookie. */
export async function first(name, once) {
  let cookie = "";
  const call = async (path, body) => {
    const headers = { "content-type": "application/json", "x-vonglau-request": "1", ...(cookie === "" ? {} : { cookie }) };
    const answer = await fetch(`${url}/api/v1/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    const told = await answer.json();
    assert.ok(answer.ok, `${name}: ${path} answers ${answer.status} ${JSON.stringify(told)}`);
    [cookie] = answer.headers.getSetCookie().map((one) => one.split(";")[0]).concat(cookie);
    return told;
  };
  await call("session", { name, password: once });
  let { session } = await call("session/password", { present: once, new: mine });
  if (session.stage === "enrol_totp") {
    const { secret } = await call("session/totp", { password: mine });
    ({ session } = await call("session/totp/confirm", { code: code(secret) }));
  }
  assert.equal(session.stage, "full");
  const [key, value] = cookie.split("=");
  return { name: key, value, url };
}
