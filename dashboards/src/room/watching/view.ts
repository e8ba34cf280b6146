/** What the interfaces of quality and integrity answer, as far as the page shows it. */
import type { Named } from "../pages/view.ts";

interface Answer {
  readonly as_of: string;
  readonly simulated: boolean;
}

interface Reading extends Named {
  readonly code: string;
  readonly count: number;
  readonly examples: readonly string[];
  readonly by_agency: Readonly<Record<string, number>>;
}

export interface Quality extends Answer {
  readonly result: { readonly dossiers: number; readonly found: readonly Reading[] };
  readonly rules: readonly string[];
}

interface Sign extends Named {
  readonly sign: string;
  readonly count: number;
  readonly by_unit: Readonly<Record<string, number>>;
  readonly evidence: readonly string[];
}

export interface Integrity extends Answer {
  readonly result: { readonly dossiers: number; readonly ratings: number; readonly signs: readonly Sign[] };
  readonly not_seen: Named;
}
