/** The picture of which way dossiers go: streams from points over agencies to where results were given, as broad as they have dossiers. */
import { catalogue } from "../../i18n/index.ts";
import { count, percent } from "../../i18n/format.ts";
import { svg } from "../../ui/dom.ts";
import { hatch, n, picture, rectAt, textAt, told } from "../charts/draw.ts";
import type { Charted } from "../charts/figure.ts";
import { nameOfKey } from "./model.ts";
import type { PageState } from "./state.ts";
import { OTHERS, bandsOf, placed, streamsOf } from "./streams.ts";
import type { Band, Placed, Return, Streams } from "./streams.ts";
import { nameOf, sourceOf, titled } from "./taken.ts";
import type { Way } from "./view.ts";

const LEAST_WIDTH = 760;
const HEIGHT = 420;
const HEAD = 22;
const BAR = 10;
const LETTER = 6.3;

type Column = "sites" | "agencies" | "returns";

function nameIn({ lang, places: { names } }: PageState, column: Column, { key, of }: Placed): string {
  const t = catalogue(lang).agencyPage;
  if (key === OTHERS) return t.others(count(lang, of));
  if (column === "sites") return names.short(key);
  return column === "agencies" ? nameOfKey(lang, names, "agency", key) : t.returns[key as Return];
}

function band({ y1, y2, h1, h2 }: Band, from: number, to: number, fill: string | null): SVGElement {
  const half = (from + to) / 2;
  const d = `M${n(from)} ${n(y1)}C${n(half)} ${n(y1)} ${n(half)} ${n(y2)} ${n(to)} ${n(y2)}V${n(y2 + h2)}C${n(half)} ${n(y2 + h2)} ${n(half)} ${n(y1 + h1)} ${n(from)} ${n(y1 + h1)}Z`;
  return svg("path", fill === null ? { d, class: "stream" } : { d, class: "stream is-open", fill });
}

const cut = (words: string, room: number): string => {
  const most = Math.floor(room / LETTER);
  return words.length > most ? `${words.slice(0, most - 1)}…` : words;
};

function draw(state: PageState, streams: Streams, title: string, text: string, given: number): SVGElement {
  const { lang } = state;
  const t = catalogue(lang).agencyPage;
  const width = Math.max(LEAST_WIDTH, given);
  const [left, right] = [Math.min(220, width * 0.22), width - Math.min(220, width * 0.22)];
  const middle = (left + right) / 2 - BAR;
  const xs: Readonly<Record<Column, number>> = { sites: left, agencies: middle, returns: right - BAR };
  const columns: Readonly<Record<Column, Placed[]>> = {
    sites: placed(streams.sites, HEIGHT, 10, streams.dossiers), agencies: placed(streams.agencies, HEIGHT, 8, streams.dossiers), returns: placed(streams.returns, HEIGHT, 18, streams.dossiers),
  };
  const part = hatch("part");
  const namesOf = (column: Column): ReadonlyMap<string, string> => new Map(columns[column].map((box) => [box.key, nameIn(state, column, box)]));
  const bands = ([["sites", "agencies", streams.first], ["agencies", "returns", streams.second]] as const).flatMap(([from, to, all]) => {
    const [a, b] = [namesOf(from), namesOf(to)];
    return bandsOf(all, columns[from], columns[to]).map((one) => told(
      band({ ...one, y1: one.y1 + HEAD, y2: one.y2 + HEAD }, xs[from] + BAR, xs[to], one.to === "not" ? part.fill : null),
      `${t.way(a.get(one.from) ?? "", b.get(one.to) ?? "")}: ${count(lang, one.dossiers)}`));
  });
  const boxes = (["sites", "agencies", "returns"] as const).flatMap((column) => columns[column].flatMap((box) => {
    const y = HEAD + box.top + box.height / 2 + 4;
    const name = nameIn(state, column, box);
    const words = `${name}  ${count(lang, box.dossiers)}`;
    const label = column === "sites"
      ? textAt(left - 8, y, cut(words, left - 8), { class: "chart-words", "text-anchor": "end" })
      : textAt(xs[column] + BAR + 6, y, cut(words, column === "agencies" ? right - middle - 20 : width - right - 6), { class: "chart-words stream-name" });
    const all = `${name}: ${count(lang, box.dossiers)} (${percent(lang, box.dossiers / streams.dossiers)})`;
    return [told(rectAt(xs[column], HEAD + box.top, BAR, Math.max(1, box.height), { class: "stream-box" }), all), label];
  }));
  const heads = [textAt(left, 12, t.receivedAt, { class: "chart-lane", "text-anchor": "end" }), textAt(middle, 12, t.agency, { class: "chart-lane" }), textAt(right - BAR, 12, t.returnedAt, { class: "chart-lane" })];
  return picture({ width, height: HEAD + HEIGHT + 8, title, text, testid: "flow-picture" }, part.defs, ...bands, ...boxes, ...heads);
}

export function flowCharted(state: PageState, ways: readonly Way[], unseen: number): Charted {
  const { lang, places: { names } } = state;
  const t = catalogue(lang).agencyPage;
  const streams = streamsOf(ways);
  const title = titled(state, t.flowPicture);
  const top = ways.slice(0, 3).map(({ site, agency, dossiers }) => `${t.way(names.short(site), nameOfKey(lang, names, "agency", agency))}: ${count(lang, dossiers)}`).join("; ");
  return {
    title, source: sourceOf(state), name: nameOf(state, "flows"),
    note: [t.flowPictureNote(count(lang, streams.dossiers)), unseen > 0 ? t.flowUnseen(count(lang, unseen)) : ""].filter((one) => one !== "").join(" "),
    values: {
      head: [t.receivedAt, t.agency, t.returnedAt, t.dossiers],
      rows: ways.map((way) => [names.site(way.site), nameOfKey(lang, names, "agency", way.agency), way.returned_at === null ? t.returns.not : names.site(way.returned_at), way.dossiers]),
      say: (cell) => (typeof cell === "number" ? count(lang, cell) : String(cell)),
    },
    draw: (width) => draw(state, streams, title, `${top}.`, width),
  };
}

