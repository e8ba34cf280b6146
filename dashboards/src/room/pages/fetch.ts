/** Questions to the server: one answer or one reason in words, and never an answer to an older question. */

import { keyHeaders } from "../../signin/key.ts";

/** Why there is no answer: the server's word for programs and its own sentence, both empty where it was not reached. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
}

export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

/** What has become of a question; what was known before stays in view while it is asked again. */
export interface Asked<T> {
  readonly value: T | null;
  readonly asking: boolean;
  readonly problem: Problem | null;
}

export const UNASKED: Asked<never> = { value: null, asking: false, problem: null };

type Params = Readonly<Record<string, string | number>>;

export function address(path: string, params: Params = {}): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) if (value !== "") query.set(key, String(value));
  const text = query.toString();
  return `/api/v1/${path}${text === "" ? "" : `?${text}`}`;
}

/** What a problem document (RFC 9457) says, if it is one. */
export function problemOf(status: number, body: unknown): Problem {
  const of = (name: string): string => {
    const value: unknown = typeof body === "object" && body !== null ? Reflect.get(body, name) : null;
    return typeof value === "string" ? value : "";
  };
  return { status, code: of("code"), detail: of("detail") };
}

/** A foreign page cannot send it without being asked for leave: what changes something carries it. */
const OWN = { "x-vonglau-request": "1" };

/** A session or a screen's key that has ended: the page begins again, at the sign-in. */
const isOver = ({ status, code }: Problem): boolean => status === 401 && (code === "not_signed_in" || code === "bad_key");

async function ask<T>(url: string, init: RequestInit): Promise<Answer<T>> {
  const answer = await fetch(url, { ...init, headers: { ...init.headers as Readonly<Record<string, string>> | undefined, ...keyHeaders() } });
  // What was done and has nothing more to say.
  if (answer.status === 204) return { ok: true, value: null as T };
  if (answer.ok) return { ok: true, value: await answer.json() as T };
  let body: unknown = null;
  try {
    body = await answer.json();
  } catch {
    // Not a problem document: its status alone is told.
  }
  const problem = problemOf(answer.status, body);
  if (isOver(problem) && (problem.code === "bad_key" ? url !== address("session") : !url.startsWith(address("session")))) location.reload();
  return { ok: false, problem };
}

const unreached: Answer<never> = { ok: false, problem: problemOf(0, null) };

export async function get<T>(url: string, signal?: AbortSignal): Promise<Answer<T>> {
  try {
    return await ask<T>(url, signal === undefined ? {} : { signal });
  } catch {
    return unreached;
  }
}

/** A text is sent as it is, anything else as JSON. */
export async function post<T = unknown>(path: string, body: unknown, method: "POST" | "PUT" | "DELETE" = "POST"): Promise<Answer<T>> {
  try {
    const isText = typeof body === "string";
    const headers = { ...OWN, "content-type": isText ? "text/plain" : "application/json" };
    return await ask<T>(address(path), method === "DELETE" ? { method, headers: OWN } : { method, headers, body: isText ? body : JSON.stringify(body) });
  } catch {
    return unreached;
  }
}

/** Asks one thing at a time: a new question gives up the one under way, whose answer is then not told. */
export class Questioner<T> {
  readonly #told: (asked: Asked<T>) => void;
  #under: AbortController | null = null;
  #url: string | null = null;
  #asked: Asked<T> = UNASKED;

  constructor(told: (asked: Asked<T>) => void) {
    this.#told = told;
  }

  /** Asks; the same question is asked again only when `again`. Keeps the last answer in view where `keep`. */
  ask(url: string | null, { again = false, keep = false } = {}): void {
    if (url === this.#url && !again) return;
    const isSame = url === this.#url;
    this.#under?.abort();
    this.#url = url;
    if (url === null) {
      this.#say(UNASKED);
      return;
    }
    const mine = new AbortController();
    this.#under = mine;
    this.#say({ value: isSame || keep ? this.#asked.value : null, asking: true, problem: null });
    void get<T>(url, mine.signal).then((answer) => {
      if (this.#under !== mine) return;
      this.#under = null;
      if (answer.ok) this.#say({ value: answer.value, asking: false, problem: null });
      else this.#say({ value: this.#asked.value, asking: false, problem: answer.problem });
    });
  }

  #say(asked: Asked<T>): void {
    this.#asked = asked;
    this.#told(asked);
  }
}
