import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";
import { beforeEach, describe, expect, test } from "vitest";
import { SETTINGS, mediaOf, nextOf } from "../src/theme/theme.ts";

interface Head {
  /** The stylesheet, once it has come. */
  sheet?: object | null;
  readonly told?: Map<string, () => void>;
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
  for (const one of head) Object.assign(one, { addEventListener: (name: string, run: () => void) => one.told?.set(name, run) });
  runInNewContext(readFileSync("public/theme.js", "utf8"), {
    localStorage: { getItem }, addEventListener: (_name: string, run: () => void) => { loaded = run; }, setTimeout: (run: () => void) => { late.push(run); }, document: { querySelectorAll: () => head, documentElement: { style: root } },
  });
  return head;
}

const root: Record<string, string> = {};
let late: (() => void)[] = [];
let loaded = (): void => undefined;
beforeEach(() => {
  late = [];
  for (const name of Object.keys(root)) Reflect.deleteProperty(root, name);
});

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

describe("a light page whose stylesheet comes late", () => {
  const headOfLate = (): Head[] => headOf("index.html").map((one) => ({ ...one, sheet: null, told: new Map() }));

  test("is not shown in the dark set before it has come, or has failed, or has been waited for long enough", () => {
    for (const ends of ["load", "error", "timeout"]) {
      const head = began(headOfLate(), "light");
      expect(root).toEqual({ colorScheme: "light", visibility: "hidden" });
      if (ends === "timeout") late.at(-1)?.();
      else head.find(({ localName }) => localName === "link")?.told?.get(ends)?.();
      expect(root["visibility"]).toBe("");
      loaded();
      expect(root["colorScheme"]).toBe("");
    }
  });

  test("is shown at once where it is there, where dark is chosen, and where nothing is", () => {
    for (const [setting, sheet] of [["light", {}], ["dark", null], [null, null]] as const) {
      began(headOfLate().map((one) => ({ ...one, sheet })), setting);
      expect(root["visibility"]).toBeUndefined();
    }
  });
});

test("on paper the light set holds, whatever is chosen", () => {
  for (const setting of SETTINGS) expect(mediaOf(setting, "light", true)).toMatch(/^(all$|print)/);
});

test("the button goes round through all settings", () => {
  const seen = [nextOf("system"), nextOf(nextOf("system")), nextOf(nextOf(nextOf("system")))];
  expect(seen).toEqual(["light", "dark", "system"]);
});
