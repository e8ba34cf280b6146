/**
 * Many questions of one kind, some at a time: each answer is told as it comes. A figure of every quarter of an hour is asked
 * for so, where the server has no grouping for it. What was answered is kept, and asked again only where that is wanted.
 */
import { get } from "../pages/fetch.ts";
import type { Answer, Problem } from "../pages/fetch.ts";

export interface Many<T> {
  readonly values: ReadonlyMap<string, T>;
  /** Of those that are wanted, how many are known. */
  readonly known: number;
  readonly wanted: number;
  readonly asking: boolean;
  readonly problem: Problem | null;
}

export const NOTHING: Many<never> = { values: new Map<string, never>(), known: 0, wanted: 0, asking: false, problem: null };

/** How many are under way at once: the server answers others, too. */
const AT_ONCE = 4;
/** Answers that are kept for going back to. */
const KEPT = 1_200;

type Get = <A>(url: string, signal?: AbortSignal) => Promise<Answer<A>>;

export class ManyQuestions<A, T> {
  readonly #read: (answer: A) => T;
  readonly #told: (many: Many<T>) => void;
  readonly #get: Get;
  readonly #values = new Map<string, T>();
  #wanted: readonly string[] = [];
  #left: string[] = [];
  #running = 0;
  #round: AbortController | null = null;
  #problem: Problem | null = null;

  constructor(read: (answer: A) => T, told: (many: Many<T>) => void, ask: Get = get) {
    this.#read = read;
    this.#told = told;
    this.#get = ask;
  }

  /** Wants these, and gives up what else is under way; those in `again` are asked though they are known. */
  ask(urls: readonly string[], again: ReadonlySet<string> = new Set()): void {
    const isSame = urls.length === this.#wanted.length && urls.every((url, i) => url === this.#wanted[i]);
    if (isSame && again.size === 0 && this.#problem === null) return;
    this.#round?.abort();
    this.#round = new AbortController();
    this.#wanted = urls;
    this.#problem = null;
    this.#running = 0;
    this.#left = urls.filter((url) => again.has(url) || !this.#values.has(url));
    for (const url of this.#values.keys()) {
      if (this.#values.size <= KEPT) break;
      if (!urls.includes(url)) this.#values.delete(url);
    }
    this.#say();
    while (this.#running < AT_ONCE && this.#left.length > 0) void this.#next(this.#round);
  }

  async #next(round: AbortController): Promise<void> {
    this.#running++;
    for (let url = this.#left.shift(); url !== undefined; url = this.#left.shift()) {
      const answer = await this.#get<A>(url, round.signal);
      if (this.#round !== round) return;
      if (answer.ok) this.#values.set(url, this.#read(answer.value));
      else {
        // One that fails is the sign that others would: they are not asked one after another into a server that is away.
        this.#problem = answer.problem;
        this.#left = [];
      }
      if (this.#left.length > 0) this.#say();
    }
    this.#running--;
    if (this.#running === 0) this.#say();
  }

  #say(): void {
    const known = this.#wanted.filter((url) => this.#values.has(url));
    this.#told({
      values: new Map(known.map((url) => [url, this.#values.get(url) as T])), known: known.length, wanted: this.#wanted.length,
      asking: this.#left.length > 0 || this.#running > 0, problem: this.#problem,
    });
  }
}
