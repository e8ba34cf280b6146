/** An interval on a scale from 0 to `max`, with what lies most likely in it as a mark. */
import { h } from "../../ui/dom.ts";

interface Interval {
  readonly low: number | null;
  readonly mid: number | null;
  readonly high: number | null;
}

const within = (value: number, max: number): number => Math.min(100, Math.max(0, (100 * value) / max));

/** Where its pieces lie, in hundredths of the scale; `null` where it is not known. */
export function placed({ low, mid, high }: Interval, max: number): { left: number; width: number; mark: number } | null {
  if (mid === null || max <= 0) return null;
  const left = within(low ?? mid, max);
  return { left, width: within(high ?? mid, max) - left, mark: within(mid, max) };
}

/** `label` says it in words; what is not known is hatched, and never 0. */
export function intervalBar(interval: Interval, max: number, label: string): HTMLElement {
  const at = placed(interval, max);
  const node = h("span", { class: "interval", attrs: { role: "img", "aria-label": label, title: label, "data-unknown": String(at === null) } });
  if (at === null) return node;
  const [span, mark] = [h("span", { class: "interval-span" }), h("span", { class: "interval-mark" })];
  span.style.left = `${at.left}%`;
  span.style.width = `${at.width}%`;
  mark.style.left = `${at.mark}%`;
  node.append(span, mark);
  return node;
}
