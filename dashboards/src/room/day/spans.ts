/** Lanes of what lasted: alerts, and the silence of devices. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { decimal, hourMinute } from "../../i18n/format.ts";
import type { Priority } from "../../live/views.ts";
import { svg } from "../../ui/dom.ts";
import { SHAPES } from "../../ui/shapes.ts";
import { lineAt, rectAt, textAt, told } from "../charts/draw.ts";
import { isPlaced } from "../charts/scale.ts";
import type { Lane } from "./lanes.ts";
import { QUARTER } from "./model.ts";
import type { Day, Quarter, Span } from "./model.ts";

const OF: Readonly<Record<Priority, { readonly path: string; readonly colour: string }>> = { high: SHAPES.over, medium: SHAPES.busy, low: SHAPES.ok };
const ALERT_ROW = 24;
const MOST_ROWS = 12;

export function spans(key: string, title: string, all: readonly Span[], name: (span: Span) => string, none: string): Lane {
  const shown = all.slice(0, MOST_ROWS);
  return {
    key, title, height: 22 + Math.max(1, shown.length) * ALERT_ROW,
    draw({ x, left, right, top }) {
      if (shown.length === 0) return [textAt(left, top + 12, none)];
      return shown.flatMap((span, i) => {
        const y = top + 10 + i * ALERT_ROW;
        const [from, to] = [x(span.from), x(span.to)];
        if (!isPlaced(from, to)) return [];
        const { path, colour } = OF[span.one.priority];
        const bar = lineAt(from, y, Math.max(to, from + 2), y, "chart-span");
        bar.style.stroke = `var(${colour})`;
        const mark = svg("path", { d: path, transform: `translate(${(from - 7).toFixed(1)} ${(y - 7).toFixed(1)}) scale(0.7)` });
        mark.style.fill = `var(${colour})`;
        const words = name(span);
        // The name stands where there is room for it: after the span, or over its begin.
        const isAfter = to + 8 + words.length * 6 < right;
        const label = isAfter ? textAt(to + 8, y + 4, words, { class: "chart-words" }) : textAt(from + 10, y - 4, words, { class: "chart-words" });
        return [told(svg("g", {}, bar, mark), words), label];
      });
    },
  };
}

export function silence(lang: Lang, day: Day, silent: readonly Span[], name: (span: Span) => string): Lane {
  const { day: t } = catalogue(lang);
  if (!day.hasBoard) return spans("silence", t.lanes.silence, silent, name, t.noSilenceAlerts);
  const minutesOf = ({ board }: Quarter): number => board?.silent_minutes ?? 0;
  const all = spans("silence", t.lanes.silenceBoard, silent, name, "");
  return {
    ...all, height: all.height + (silent.length === 0 ? 0 : ALERT_ROW),
    draw(ground) {
      const { x, top, left, hatch, day: { quarters } } = ground;
      const bars = quarters.filter((one) => minutesOf(one) > 0).map((one) => told(
        rectAt(x(one.at), top + 2, (x(one.at + QUARTER) - x(one.at)) * Math.min(1, minutesOf(one) / 15), 14, { class: "chart-edge", fill: hatch }),
        `${hourMinute(lang, one.at)}–${hourMinute(lang, one.at + QUARTER)}: ${t.silentMinutes(decimal(lang, minutesOf(one)))}`));
      const rows = silent.length === 0 ? [] : all.draw({ ...ground, top: top + ALERT_ROW });
      return [...(bars.length === 0 ? [textAt(left, top + 12, t.noSilence)] : bars), ...rows];
    },
  };
}

