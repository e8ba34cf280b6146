/**
 * At most one question under way and the newest next: what a drag asks in between is never sent, so that the answers
 * keep up with the hand however slow the server is.
 */
export class Latest<Q, A> {
  readonly #ask: (question: Q) => Promise<A>;
  readonly #told: (question: Q, answer: A, isLast: boolean) => void;
  #isAsking = false;
  #next: { readonly question: Q } | null = null;

  /** Answers are told also while a newer question waits: they are what one sees of a drag. */
  constructor(ask: (question: Q) => Promise<A>, told: (question: Q, answer: A, isLast: boolean) => void) {
    this.#ask = ask;
    this.#told = told;
  }

  want(question: Q): void {
    this.#next = { question };
    if (!this.#isAsking) void this.#run();
  }

  #take(): { readonly question: Q } | null {
    const next = this.#next;
    this.#next = null;
    return next;
  }

  async #run(): Promise<void> {
    this.#isAsking = true;
    for (let now = this.#take(); now !== null; now = this.#take()) {
      const answer = await this.#ask(now.question);
      this.#told(now.question, answer, !this.#isWaiting());
    }
    this.#isAsking = false;
  }

  #isWaiting(): boolean {
    return this.#next !== null;
  }
}
