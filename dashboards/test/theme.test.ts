import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { SETTINGS, mediaOf, nextOf } from "../src/theme/theme.ts";

interface Head {
  readonly localName: string;
  readonly dataset: { readonly theme: string };
  media: string;
}

/** What a page's head has of the two sets. */
const headOf = (file: string): Head[] =>
  [...readFileSync(file, "utf8").matchAll(/<(\w+) [^>]*media="([^"]*)" data-theme="(\w+)"/g)].map(([, localName = "", media = "", theme = ""]) => ({ localName, media, dataset: { theme } }));

/** Runs the script that the head waits for. */
function began(head: Head[], stored: string | null, isForbidden = false): Head[] {
  const getItem = (): string | null => {
    if (isForbidden) throw new Error("forbidden");
    return stored;
  };
  runInNewContext(readFileSync("public/theme.js", "utf8"), { localStorage: { getItem }, document: { querySelectorAll: () => head } });
  return head;
}

describe.each(["index.html", "waits.html"])("the head of %s", (file) => {
  const medias = (setting: (typeof SETTINGS)[number]): string[] => headOf(file).map(({ localName, dataset }) => mediaOf(setting, dataset.theme, localName === "link"));

  test("is as the system has it before anything is chosen, and where storage is forbidden or says nothing known", () => {
    expect(headOf(file)).toHaveLength(3);
    for (const head of [headOf(file), began(headOf(file), null), began(headOf(file), "system"), began(headOf(file), "blue"), began(headOf(file), "dark", true)]) {
      expect(head.map(({ media }) => media)).toEqual(medias("system"));
    }
  });

  test.each(["light", "dark"] as const)("says %s before anything is painted, as the page itself does later", (setting) => {
    expect(began(headOf(file), setting).map(({ media }) => media)).toEqual(medias(setting));
  });

  test("has the script after what it changes, and before the page's own", () => {
    const html = readFileSync(file, "utf8");
    const places = [html.lastIndexOf("data-theme"), html.indexOf("/theme.js"), html.indexOf("type=\"module\"")];
    expect([...places].sort((a, b) => a - b)).toEqual(places);
    expect(html).not.toMatch(/<script src="\/theme\.js"[^>]*(async|defer|module)/);
  });
});

test("on paper the light set holds, whatever is chosen", () => {
  for (const setting of SETTINGS) expect(mediaOf(setting, "light", true)).toMatch(/^(all$|print)/);
});

test("the button goes round through all settings", () => {
  const seen = [nextOf("system"), nextOf(nextOf("system")), nextOf(nextOf(nextOf("system")))];
  expect(seen).toEqual(["light", "dark", "system"]);
});
