/**
 * A chart as a file that stands alone: every colour, font and width as it is seen, on its own ground, with its title above
 * and below it where the figures are from, up to when, and that they are simulated where they are.
 */
import { save } from "../pages/csv.ts";
import { svg } from "../../ui/dom.ts";
import { textAt } from "./draw.ts";

/** What a reader sees of a mark that a stylesheet decides, and what each is without one, which need not be said. */
const STYLES = {
  "fill": "rgb(0, 0, 0)", "fill-opacity": "1", "stroke": "none", "stroke-width": "1px", "stroke-dasharray": "none", "stroke-linejoin": "miter", "paint-order": "normal", "opacity": "1", "visibility": "visible",
} as const;
const OF_TEXT = { "font-family": "", "font-size": "", "font-weight": "400", "font-style": "normal", "text-anchor": "start" } as const;
const DRAWN = "path, line, rect, circle, polyline, text, tspan";
/** What belongs to the page alone: what is being pointed at. */
const ON_PAGE = "[data-page-only]";

export interface Labels {
  readonly title: string;
  readonly source: string;
}

const PAD = 16;
const HEAD = 30;
const LINE = 15;
const LETTER = 5.9;

/** A text on as many lines as its letters need. Pure. */
export function wrapped(text: string, width: number, letter = LETTER): string[] {
  const most = Math.max(10, Math.floor(width / letter));
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > most) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

function settled(drawn: SVGElement): SVGElement {
  const copy = drawn.cloneNode(true) as SVGElement;
  const [from, to] = [drawn, copy].map((one) => [...one.querySelectorAll<SVGElement>(DRAWN)]);
  for (const [i, node] of (from ?? []).entries()) {
    const [style, target] = [getComputedStyle(node), to?.[i]];
    if (target === undefined) continue;
    target.removeAttribute("style");
    const styles = node instanceof SVGTextContentElement ? { ...STYLES, ...OF_TEXT } : STYLES;
    for (const [name, usual] of Object.entries(styles)) {
      const value = style.getPropertyValue(name);
      if (value === usual) target.removeAttribute(name);
      else target.setAttribute(name, value);
    }
  }
  for (const one of [...copy.querySelectorAll(ON_PAGE)]) one.remove();
  for (const one of [copy, ...copy.querySelectorAll("*")]) for (const name of ["class", "style", "tabindex", "data-testid"]) one.removeAttribute(name);
  return copy;
}

interface File {
  readonly text: string;
  readonly width: number;
  readonly height: number;
}

/** The chart as the text of a file. */
export function svgFile(drawn: SVGElement, { title, source }: Labels): File {
  const [, , width = 0, height = 0] = (drawn.getAttribute("viewBox") ?? "").split(" ").map(Number);
  const page = getComputedStyle(document.documentElement);
  const token = (name: string): string => page.getPropertyValue(name).trim();
  const font = token("--font");
  const [titles, lines] = [wrapped(title, width, 8), wrapped(source, width)];
  const head = HEAD + (titles.length - 1) * 18;
  const whole = { width: width + 2 * PAD, height: height + head + lines.length * LINE + 2 * PAD + 6 };
  const inner = settled(drawn);
  for (const [name, value] of [["x", PAD], ["y", PAD + head], ["width", width], ["height", height]] as const) inner.setAttribute(name, String(value));
  const words = (x: number, y: number, text: string, fill: string, size: string): SVGElement => textAt(x, y, text, { fill: token(fill), "font-family": font, "font-size": size });
  const node = svg("svg", { xmlns: "http://www.w3.org/2000/svg", width: String(whole.width), height: String(whole.height), viewBox: `0 0 ${whole.width} ${whole.height}` },
    svg("rect", { width: String(whole.width), height: String(whole.height), fill: token("--surface") }),
    ...titles.map((line, i) => words(PAD, PAD + 15 + i * 18, line, "--text", "15px")),
    inner,
    ...lines.map((line, i) => words(PAD, PAD + head + height + 18 + i * LINE, line, "--text-2", "11px")));
  return { ...whole, text: `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(node)}\n` };
}

const blobOf = (text: string): Blob => new Blob([text], { type: "image/svg+xml;charset=utf-8" });

export const saveSvg = (name: string, drawn: SVGElement, labels: Labels): void => { save(`${name}.svg`, blobOf(svgFile(drawn, labels).text)); };

/** Twice as fine as it is seen: it is printed, or thrown on a wall. */
const FINE = 2;

/** `false` where this browser makes no picture of it. */
export async function savePng(name: string, drawn: SVGElement, labels: Labels): Promise<boolean> {
  const { text, width, height } = svgFile(drawn, labels);
  const url = URL.createObjectURL(blobOf(text));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [Math.ceil(width * FINE), Math.ceil(height * FINE)];
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const png = await new Promise<Blob | null>((done) => { canvas.toBlob(done, "image/png"); });
    if (png === null) return false;
    save(`${name}.png`, png);
    return true;
  } catch {
    return false;
  } finally {
    URL.revokeObjectURL(url);
  }
}
