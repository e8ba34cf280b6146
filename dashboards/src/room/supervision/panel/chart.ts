/** The last two hours of a site: mean wait against its limit above, people waiting and tickets issued below. */
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { catalogue } from "../../../i18n/index.ts";
import type { Lang } from "../../../i18n/index.ts";
import { NONE, count, decimal, hourMinute } from "../../../i18n/format.ts";
import type { WaitsView } from "../../../live/views.ts";
import { h } from "../../../ui/dom.ts";
import { token } from "../map/images.ts";

const HEIGHTS = { wait: 118, queue: 96 } as const;
const SYNC = "site-waits";

type Column = (number | null)[];

export const times = ({ from, bucket_s, mean_wait_s }: WaitsView): number[] =>
  mean_wait_s.map((_, i) => Date.parse(from) / 1000 + i * bucket_s);

const inMinutes = (seconds: readonly (number | null)[]): Column => seconds.map((s) => (s === null ? null : s / 60));

function axes(lang: Lang, withTimes: boolean): uPlot.Axis[] {
  const common = {
    stroke: token("--text-3"),
    font: `11px ${token("--font")}`,
    grid: { stroke: token("--line"), width: 1 },
    ticks: { show: false },
  };
  return [
    {
      ...common,
      grid: { show: false },
      size: withTimes ? 20 : 2,
      gap: 4,
      space: 60,
      values: (_plot, splits) => splits.map((s) => (withTimes ? hourMinute(lang, s * 1000) : "")),
    },
    { ...common, size: 30, gap: 4, space: 26, values: (_plot, splits) => splits.map((v) => (Number.isInteger(v) ? count(lang, v) : "")) },
  ];
}

/** Draws the limit over the plot; only the plot knows where a value lies. */
const limitLine = (limit: () => number): uPlot.Plugin => ({
  hooks: {
    draw: (plot) => {
      const y = Math.round(plot.valToPos(limit(), "y", true)) + 0.5;
      const { left, width } = plot.bbox;
      const { ctx } = plot;
      ctx.save();
      ctx.strokeStyle = token("--state-over");
      ctx.globalAlpha = 0.8;
      ctx.setLineDash([5 * devicePixelRatio, 4 * devicePixelRatio]);
      ctx.lineWidth = devicePixelRatio;
      ctx.beginPath();
      ctx.moveTo(left, y);
      ctx.lineTo(left + width, y);
      ctx.stroke();
      ctx.restore();
    },
  },
});

export class WaitsChart {
  readonly node = h("div", { class: "chart", attrs: { role: "img", "data-testid": "panel-chart" } });
  readonly #lang: Lang;
  #limit = 15;
  #plots: { wait: uPlot; queue: uPlot } | null = null;

  constructor(lang: Lang) {
    this.#lang = lang;
  }

  draw(waits: WaitsView, limitMinutes: number): void {
    this.#limit = limitMinutes;
    const x = times(waits);
    const wait: uPlot.AlignedData = [x, inMinutes(waits.mean_wait_s)];
    const queue: uPlot.AlignedData = [x, [...waits.issued], [...waits.waiting]];
    const width = this.node.clientWidth;
    if (width === 0) return;
    if (!this.#plots) {
      this.#plots = { wait: this.#waitPlot(width, wait), queue: this.#queuePlot(width, queue) };
      return;
    }
    this.#plots.wait.setData(wait);
    this.#plots.queue.setData(queue);
  }

  resize(): void {
    const width = this.node.clientWidth;
    if (!this.#plots || width === 0) return;
    for (const plot of ["wait", "queue"] as const) {
      const height = HEIGHTS[plot];
      if (this.#plots[plot].width !== width) this.#plots[plot].setSize({ width, height });
    }
  }

  destroy(): void {
    this.#plots?.wait.destroy();
    this.#plots?.queue.destroy();
    this.#plots = null;
  }

  #common(width: number, height: number, withTimes: boolean): Omit<uPlot.Options, "series"> {
    return {
      width,
      height,
      padding: [8, 8, 0, 0],
      legend: { show: true, live: true, markers: { width: 2 } },
      cursor: { sync: { key: SYNC, setSeries: false }, drag: { x: false, y: false }, points: { size: 6 } },
      axes: axes(this.#lang, withTimes),
    };
  }

  #waitPlot(width: number, data: uPlot.AlignedData): uPlot {
    const t = catalogue(this.#lang);
    const lang = this.#lang;
    const top = (_plot: uPlot, _min: number, max: number): uPlot.Range.MinMax => [0, Math.max(max || 0, this.#limit * 1.25)];
    return new uPlot({
      ...this.#common(width, HEIGHTS.wait, false),
      scales: { x: { time: true }, y: { range: top } },
      plugins: [limitLine(() => this.#limit)],
      series: [
        { label: t.time, value: (_plot, v: number | null) => (v === null ? NONE : hourMinute(lang, v * 1000)) },
        {
          label: t.seriesWait,
          stroke: token("--text"),
          width: 1.75,
          points: { show: true, size: 4, fill: token("--text"), stroke: token("--text") },
          value: (_plot, v: number | null) => decimal(lang, v),
        },
      ],
    }, data, this.node);
  }

  #queuePlot(width: number, data: uPlot.AlignedData): uPlot {
    const t = catalogue(this.#lang);
    const lang = this.#lang;
    const top = (_plot: uPlot, _min: number, max: number): uPlot.Range.MinMax => [0, Math.max(max || 0, 4) * 1.1];
    const bars = uPlot.paths.bars?.({ size: [0.62, 14] });
    const steps = uPlot.paths.stepped?.({ align: 1 });
    return new uPlot({
      ...this.#common(width, HEIGHTS.queue, true),
      scales: { x: { time: true }, y: { range: top } },
      series: [
        { label: t.time, value: (_plot, v: number | null) => (v === null ? NONE : hourMinute(lang, v * 1000)) },
        {
          label: t.seriesIssued,
          ...(bars ? { paths: bars } : {}),
          fill: token("--chart-bar"),
          points: { show: false },
          value: (_plot, v: number | null) => count(lang, v),
        },
        {
          label: t.seriesWaiting,
          stroke: token("--accent"),
          width: 1.75,
          ...(steps ? { paths: steps } : {}),
          points: { show: false },
          value: (_plot, v: number | null) => count(lang, v),
        },
      ],
    }, data, this.node);
  }
}
