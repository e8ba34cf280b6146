/** One point as a card: where, how long, how old the figures are, and where it goes faster. */
import { h, setAttr, setText, show, svg } from "../ui/dom.ts";
import type { Row } from "../ui/dom.ts";
import { secondsBetween } from "./model.ts";
import type { Feed, Point, Shown } from "./model.ts";
import { time } from "./words.ts";
import type { Words } from "./words.ts";

/** What all cards are written with. */
export interface Around {
  readonly words: Words;
  readonly feed: Feed;
  /** Seconds since the list arrived, by the page's own clock, which no wrong clock of a phone disturbs. */
  readonly heldS: number;
}

type Mark = "over" | "within" | "closed" | "none" | "unknown";

// Told apart by shape as well as by colour.
const SHAPES: Readonly<Record<Mark, string>> = {
  over: "M10 2 19 18H1Z",
  within: "M10 2a8 8 0 1 1 0 16a8 8 0 1 1 0-16Z",
  closed: "M3 8.5H17V11.5H3Z",
  none: "M4 2.5 10 8.5 16 2.5 17.5 4 11.5 10 17.5 16 16 17.5 10 11.5 4 17.5 2.5 16 8.5 10 2.5 4Z",
  unknown: "M10 2 18 10 10 18 2 10Z",
};

function markOf(point: Point): Mark {
  if (point.state === "no_data") return "none";
  if (point.state === "closed") return "closed";
  if (point.over_standard === null) return "unknown";
  return point.over_standard ? "over" : "within";
}

function stateWords(point: Point, mark: Mark, { words, feed }: Around): string {
  if (mark === "none") return words.noData;
  if (mark === "closed") return point.opens_at === null ? words.closed : `${words.closed} · ${words.opensAt(time(point.opens_at, feed.as_of))}`;
  if (mark === "unknown") return words.noWait;
  return mark === "over" ? words.over(feed.standard_min) : words.within(feed.standard_min);
}

/** The figures' sample and age; of a point that sends nothing, what that means. */
function smallPrint(point: Point, { words, feed, heldS }: Around): string {
  const parts: string[] = [];
  if (point.state === "no_data") parts.push(words.noDataNote);
  if (point.wait !== null) parts.push(words.basis(point.wait));
  const age = secondsBetween(point.heard_at, feed.as_of);
  if (age !== null && point.state !== "closed") parts.push(words.heard(words.ago(age + heldS)));
  return parts.join(" · ");
}

function details(point: Point, { words, feed }: Around): string {
  const parts: string[] = [];
  if (point.waiting !== null) parts.push(words.waiting(point));
  if (point.state === "open" && point.closes_at !== null) parts.push(words.closesAt(time(point.closes_at, feed.as_of)));
  return parts.join(" · ");
}

export const cardId = (id: string): string => `point-${id}`;

export function makeCard(around: () => Around): Row<Shown> {
  const shape = svg("path", { d: SHAPES.unknown });
  const glyph = svg("svg", { viewBox: "0 0 20 20", class: "glyph", "aria-hidden": "true" }, shape);
  const name = h("h2", { class: "card-name" });
  const where = h("p", { class: "card-where quiet" });
  const wait = h("p", { class: "card-wait" });
  const state = h("span", {});
  const detail = h("p", { class: "card-detail" });
  const small = h("p", { class: "card-small quiet" });
  const there = h("a", { class: "sooner-name" });
  const how = h("p", { class: "sooner-how" });
  const lead = h("p", { class: "sooner-lead" });
  const sooner = h("div", { class: "sooner", attrs: { "data-testid": "sooner" } }, lead, there, how);
  const head = h("div", { class: "card-head" }, h("div", {}, name, where), wait);
  const line = h("p", { class: "card-state" }, glyph, state);
  const node = h("li", { class: "card", attrs: { "data-testid": "point", tabindex: "-1" } }, head, line, detail, small, sooner);
  return {
    node,
    update({ point, km }) {
      const at = around();
      const { words } = at;
      const mark = markOf(point);
      setAttr(node, "id", cardId(point.id));
      setAttr(node, "data-point", point.id);
      setAttr(node, "data-mark", mark);
      setAttr(shape, "d", SHAPES[mark]);
      setText(name, point.name);
      const kind = words.kinds[point.kind] ?? point.kind;
      setText(where, km === null ? kind : `${kind} · ${words.km(km)}`);
      setText(wait, point.wait === null ? "" : words.range(point.wait));
      show(wait, point.wait !== null);
      setText(state, stateWords(point, mark, at));
      const more = details(point, at);
      setText(detail, more);
      show(detail, more !== "");
      setText(small, smallPrint(point, at));
      show(sooner, point.neighbour !== null);
      if (point.neighbour === null) return;
      setText(lead, words.sooner);
      setText(there, point.neighbour.name);
      setAttr(there, "href", `#${cardId(point.neighbour.id)}`);
      setText(how, words.neighbour(point.neighbour, words.range(point.neighbour)));
    },
  };
}
