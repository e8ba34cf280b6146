/** A paper as the server has it: what every form of a briefing is made of (`analytics/src/briefing/paper.rs`). */
export interface Span {
  readonly text: string;
  readonly strong: boolean;
  readonly link: string | null;
}

export type Mark = "better" | "worse" | "met" | "missed" | "nodata" | "approximate";

export interface Cell {
  readonly text: string;
  readonly number: number | null;
  readonly mark: Mark | null;
}

export interface Column {
  readonly title: string;
  readonly align: "left" | "right";
}

interface Rows {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

export interface Table extends Rows {
  readonly caption: string;
}

export interface ChartPoint {
  readonly label: string;
  readonly value: number | null;
  readonly text: string;
  readonly before: number | null;
}

export interface Chart {
  readonly title: string;
  readonly alternative: string;
  readonly drawn: "bars" | "line";
  readonly unit: string;
  readonly points: readonly ChartPoint[];
  readonly target: { readonly label: string; readonly value: number } | null;
}

export type Block =
  | { readonly kind: "heading"; readonly level: number; readonly anchor: string; readonly text: string }
  | { readonly kind: "paragraph"; readonly spans: readonly Span[] }
  | { readonly kind: "list"; readonly ordered: boolean; readonly items: readonly (readonly Span[])[] }
  | ({ readonly kind: "table" } & Table)
  | ({ readonly kind: "chart" } & Chart)
  | { readonly kind: "note"; readonly spans: readonly Span[] };

export interface Sheet extends Rows {
  readonly name: string;
  readonly title: string;
  readonly definitions: readonly string[];
  readonly query: string;
}

export interface Paper {
  readonly title: string;
  readonly subject: string;
  readonly simulated: string | null;
  readonly blocks: readonly Block[];
  readonly sheets: readonly Sheet[];
  readonly fine_print: readonly string[];
}
