import { describe, expect, test } from "vitest";
import { keyIn, typedKey } from "../src/signin/key.ts";
import { refusedWords } from "../src/signin/provider.ts";
import { afterRefusal, stepOf, weakness } from "../src/signin/session.ts";
import type { Session } from "../src/signin/session.ts";

const session = (stage: Session["stage"]): Session => ({ who: "room-3", role: "supervisor", role_vi: "", by: "session", stage });
const problem = (code: string) => ({ status: 401, code, detail: "" });
const sent = { name: "room-3", password: "secret" };

describe("signing in", () => {
  test("goes on with what the session lacks", () => {
    expect(stepOf(session("change_password")).kind).toBe("password");
    expect(stepOf(session("enrol_totp")).kind).toBe("factor");
    expect(stepOf(session("full"))).toEqual({ kind: "in", session: session("full") });
  });

  test("asks for the code when that alone is lacking, and begins again when it was wrong", () => {
    const code = afterRefusal({ kind: "name" }, sent, problem("code_wanted"));
    expect(code).toEqual({ kind: "code", ...sent });
    expect(afterRefusal(code, sent, problem("not_signed_in"))).toEqual({ kind: "name" });
    expect(afterRefusal({ kind: "name" }, sent, problem("not_signed_in"))).toEqual({ kind: "name" });
    expect(afterRefusal(code, sent, problem("too_many_requests"))).toBe(code);
  });

  test("says what is wrong with a new password before it is sent", () => {
    expect(weakness("old", "short", "short")).toBe("short");
    expect(weakness("cũ cũ cũ cũ cũ", "cũ cũ cũ cũ cũ", "cũ cũ cũ cũ cũ")).toBe("same");
    expect(weakness("old", "đủ dài rồi nhé", "đủ dài rồi nhe")).toBe("differs");
    expect(weakness("old", "đủ dài rồi nhé", "đủ dài rồi nhé")).toBeNull();
  });
});

describe("the identity provider", () => {
  test("says why it led to nothing, in words of ours alone", () => {
    expect(refusedWords("en", "")).toBe("");
    expect(refusedWords("en", "?other=1")).toBe("");
    expect(refusedWords("en", "?refused=not_linked")).toContain("No account is linked");
    expect(refusedWords("vi", "?refused=second_factor")).toContain("lớp xác thực thứ hai");
    const other = refusedWords("en", "?refused=refused");
    for (const odd of ["toString", "", "<b>", "constructor"]) expect(refusedWords("en", `?refused=${encodeURIComponent(odd)}`)).toBe(other);
  });
});

describe("the key of a screen", () => {
  const key = `vgl_0123456789abcdef_${"a".repeat(64)}`;

  test("is taken out of the wall's address, and of no other", () => {
    expect(keyIn(`#/wall?key=${key}`)).toEqual({ key, rest: "#/wall" });
    expect(keyIn(`#/wall?key=${key}&more=1`)).toEqual({ key, rest: "#/wall?more=1" });
    for (const hash of ["#/wall", "#/wall?key=other", `#/index?key=${key}`, "#/", ""]) expect(keyIn(hash)).toBeNull();
  });

  test("is told from what is none before it is sent", () => {
    expect(typedKey(` ${key} `)).toBe(key);
    for (const text of ["", "vgl_", key.slice(1), `${key}0`]) expect(typedKey(text)).toBeNull();
  });
});
