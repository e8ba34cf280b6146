/** What the registers come to, as values. Pure. */
import type { Lang } from "../../i18n/index.ts";
import { catalogue, wordFor } from "../../i18n/index.ts";
import { dayOf, dayText } from "../pages/days.ts";
import type { Places } from "../pages/places.ts";
import type { Incident, Session, Sessions, Task, Tasks, Trained, Training } from "./view.ts";

export const taskName = (lang: Lang, task: Task): string => task[lang] ?? task.vi ?? task.en ?? task.id;

export function leadName(lang: Lang, lead: string): string {
  const t = catalogue(lang);
  return wordFor({ ...t.agencies, ...t.registers.leads }, lead);
}

/** Whole days from one instant to another; negative where it is behind. */
export const daysBetween = (from: string, to: string): number => Math.floor((Date.parse(to) - Date.parse(from)) / 86_400_000);

export function counted<K extends string>(keys: readonly K[], rows: readonly K[]): Record<K, number> {
  const all = Object.fromEntries(keys.map((key) => [key, 0])) as Record<K, number>;
  for (const key of rows) all[key] = (all[key] as number | undefined ?? 0) + 1;
  return all;
}

/** A unit of the matrix; of one that never reported nothing is known. */
export interface UnitRow {
  readonly unit: string;
  readonly cells: ReadonlyMap<string, Trained>;
  /** Of the subjects that say how many there are to train. */
  readonly share: number | null;
}

const shareOf = (cells: readonly Trained[]): number | null => {
  const known = cells.filter(({ of }) => of !== null && of > 0);
  const all = known.reduce((sum, { of }) => sum + (of ?? 0), 0);
  return all === 0 ? null : known.reduce((sum, { count }) => sum + count, 0) / all;
};

/** A row for every unit of the city, and for any other that has reported. */
export function matrix(training: Training, units: readonly { readonly code: string }[]): UnitRow[] {
  const told = new Map<string, Trained[]>();
  for (const row of training.rows) told.set(row.unit, [...(told.get(row.unit) ?? []), row]);
  const codes = new Set([...units.map(({ code }) => code), ...told.keys()]);
  return [...codes].map((unit) => {
    const rows = told.get(unit) ?? [];
    return { unit, cells: new Map(rows.map((row) => [row.subject, row])), share: shareOf(rows) };
  });
}

/** Subjects that somebody has reported or that have a deadline, by name. */
export const subjectsOf = (training: Training): string[] => Object.keys(training.subjects).sort();

export const subjectName = (lang: Lang, code: string): string => wordFor(catalogue(lang).registers.subjects, code);

/** The day of an instant as written everywhere: 31/12/2026. */
export const dayWords = (time: string): string => dayText(dayOf(time));

type Cells = (string | number | boolean | null)[];

export const TASK_COLUMNS = ["id", "name", "lead", "partners", "due", "standing", "told_at", "evidence", "simulated"];
export const taskRow = (lang: Lang, { simulated }: Tasks, task: Task): Cells =>
  [task.id, taskName(lang, task), task.lead, task.partners.join("; "), task.due, task.standing, task.told_at, task.evidence, simulated];

export const TRAINING_COLUMNS = ["unit", "name", "subject", "count", "of", "share", "overdue", "told_at", "simulated"];
/** A line for each unit and subject; one that never reported has a line that says nothing. */
export function trainingRows(places: Places, { simulated }: Training, rows: readonly UnitRow[], subjects: readonly string[]): Cells[] {
  return rows.flatMap(({ unit, cells }) => subjects.map((subject): Cells => {
    const cell = cells.get(subject);
    return [unit, places.names.unit(unit), subject, cell?.count ?? null, cell?.of ?? null, cell?.share ?? null, cell?.is_overdue ?? null, cell?.told_at ?? null, simulated];
  }));
}

export const SESSION_COLUMNS = ["site", "name", "from", "to", "published", "kept", "opened", "visits", "dossiers", "simulated"];
export const sessionRow = (places: Places, { simulated }: Sessions, one: Session): Cells =>
  [one.site, places.names.site(one.site), one.from, one.to, one.published, one.kept, one.opened, one.visits, one.dossiers, simulated];

export const INCIDENT_COLUMNS = ["incident", "site", "name", "kind", "reported_at", "closed_at", "hours", "simulated"];
export const incidentRow = (places: Places, simulated: boolean, one: Incident): Cells =>
  [one.incident, one.site, one.site === null ? null : places.names.site(one.site), one.kind, one.reported_at, one.closed_at, one.hours, simulated];
