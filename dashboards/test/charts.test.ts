import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { wrapped } from "../src/room/charts/export.ts";
import { ManyQuestions } from "../src/room/charts/many.ts";
import type { Many } from "../src/room/charts/many.ts";
import { bySite, dayBegin, stamp } from "../src/room/charts/reports.ts";
import { linear, topOf, valuesTo } from "../src/room/charts/scale.ts";
import { bandsOf, placed, streamsOf } from "../src/room/agencies/streams.ts";
import { problemOf } from "../src/room/pages/fetch.ts";
import type { Answer } from "../src/room/pages/fetch.ts";
import type { Way } from "../src/room/agencies/view.ts";

describe("scales", () => {
  test("round values reach from 0 to at most the top, two at least", () => {
    fc.assert(fc.property(fc.double({ min: 0.01, max: 1e6, noNaN: true }), (most) => {
      const top = topOf([{ at: 0, value: most }], null);
      const values = valuesTo(top);
      expect(values[0]).toBe(0);
      expect(values.length).toBeGreaterThanOrEqual(2);
      expect(values.length).toBeLessThanOrEqual(6);
      expect(values.at(-1) ?? 0).toBeLessThanOrEqual(top * (1 + 1e-9));
    }));
  });

  test("a scale goes there and back, and one without a length stays", () => {
    expect(linear(2, 2, 10, 90)(2)).toBe(10);
    fc.assert(fc.property(fc.integer({ min: -1000, max: 1000 }), (at) => { expect(linear(10, 90, -1000, 1000)(linear(-1000, 1000, 10, 90)(at))).toBeCloseTo(at, 6); }));
  });
});

test("instants are asked for as Hà Nội has them", () => {
  expect(stamp(dayBegin("2026-11-20"))).toBe("2026-11-20T00:00:00+07:00");
  expect(bySite("visits", dayBegin("2026-11-20"), dayBegin("2026-11-20") + 900_000)).toBe("/api/v1/visits?from=2026-11-20T00%3A00%3A00%2B07%3A00&to=2026-11-20T00%3A15%3A00%2B07%3A00&by=site");
});

test("a text under a picture loses no word", () => {
  fc.assert(fc.property(fc.array(fc.string({ minLength: 1, maxLength: 20 }).map((word) => word.replace(/\s/g, "x")), { minLength: 1 }), fc.integer({ min: 1, max: 900 }), (words, width) => {
    expect(wrapped(words.join(" "), width).join(" ")).toBe(words.join(" "));
  }));
});

describe("many questions", () => {
  /** Answers that come when they are let. */
  function server(): { ask: <A>(url: string) => Promise<Answer<A>>; asked: string[]; most: () => number; settle: (fails?: boolean) => Promise<void> } {
    const asked: string[] = [];
    let open: { url: string; done: (answer: Answer<never>) => void }[] = [];
    let most = 0;
    return {
      asked, most: () => most,
      ask: <A>(url: string) => new Promise<Answer<A>>((done) => {
        asked.push(url);
        open.push({ url, done: done });
        most = Math.max(most, open.length);
      }),
      settle: async (fails = false) => {
        for (let i = 0; i < 100 && open.length > 0; i++) {
          const now = open;
          open = [];
          for (const { url, done } of now) done(fails ? { ok: false, problem: problemOf(503, { code: "store_away" }) } : { ok: true, value: url as never });
          await new Promise((next) => { setTimeout(next); });
        }
      },
    };
  }
  const urls = Array.from({ length: 11 }, (_, i) => `/${i}`);

  test("are asked a few at a time, each once, and all become known", async () => {
    const at = server();
    let last: Many<string> | null = null;
    const many = new ManyQuestions<string, string>((answer) => answer, (now) => { last = now; }, at.ask);
    many.ask(urls);
    await at.settle();
    expect(at.most()).toBeLessThanOrEqual(4);
    expect(at.asked.toSorted()).toEqual(urls.toSorted());
    expect(last).toMatchObject({ known: 11, wanted: 11, asking: false, problem: null });
    many.ask(urls);
    many.ask(urls.slice(0, 3));
    await at.settle();
    expect(at.asked).toHaveLength(11);
    many.ask(urls.slice(0, 3), new Set(["/1"]));
    await at.settle();
    expect(at.asked).toHaveLength(12);
  });

  test("stop at the first that fails, and go on when they are asked again", async () => {
    const at = server();
    let last: Many<string> | null = null;
    const many = new ManyQuestions<string, string>((answer) => answer, (now) => { last = now; }, at.ask);
    many.ask(urls);
    await at.settle(true);
    expect(at.asked.length).toBeLessThanOrEqual(4);
    expect(last).toMatchObject({ known: 0, asking: false, problem: { status: 503, code: "store_away" } });
    many.ask(urls);
    await at.settle();
    expect(last).toMatchObject({ known: 11, asking: false, problem: null });
  });

  test("an answer to what is no longer wanted is not told", async () => {
    const at = server();
    const told: number[] = [];
    const many = new ManyQuestions<string, string>((answer) => answer, ({ known }) => { told.push(known); }, at.ask);
    many.ask(urls);
    many.ask([]);
    await at.settle();
    expect(told.at(-1)).toBe(0);
  });
});

describe("streams of dossiers", () => {
  const way = fc.record({ site: fc.nat(30).map(String), agency: fc.nat(30).map(String), returned_at: fc.option(fc.nat(30).map(String)), dossiers: fc.integer({ min: 1, max: 500 }) });

  test("hold every dossier in each column and between them, whoever is taken together", () => {
    fc.assert(fc.property(fc.array(way, { minLength: 1, maxLength: 60 }), (ways: Way[]) => {
      const streams = streamsOf(ways);
      for (const all of [streams.sites, streams.agencies, streams.returns, streams.first, streams.second]) {
        expect(all.reduce((sum, { dossiers }) => sum + dossiers, 0)).toBe(streams.dossiers);
      }
      expect(streams.sites.length).toBeLessThanOrEqual(11);
      expect(streams.agencies.length).toBeLessThanOrEqual(10);
    }));
  });

  test("fill their boxes, and none lies outside of one", () => {
    fc.assert(fc.property(fc.array(way, { minLength: 1, maxLength: 60 }), (ways: Way[]) => {
      const { first, sites, agencies, dossiers } = streamsOf(ways);
      const [from, to] = [placed(sites, 400, 6, dossiers), placed(agencies, 400, 8, dossiers)];
      expect((from.at(-1)?.top ?? 0) + (from.at(-1)?.height ?? 0)).toBeCloseTo(400, 6);
      for (const band of bandsOf(first, from, to)) {
        const [a, b] = [from.find(({ key }) => key === band.from), to.find(({ key }) => key === band.to)];
        expect(band.y1).toBeGreaterThanOrEqual((a?.top ?? Infinity) - 1e-6);
        expect(band.y1 + band.h1).toBeLessThanOrEqual((a?.top ?? 0) + (a?.height ?? 0) + 1e-6);
        expect(band.y2).toBeGreaterThanOrEqual((b?.top ?? Infinity) - 1e-6);
        expect(band.y2 + band.h2).toBeLessThanOrEqual((b?.top ?? 0) + (b?.height ?? 0) + 1e-6);
      }
    }));
  });
});
