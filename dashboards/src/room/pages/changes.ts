/** Tells whether what a part is drawn from has changed, so that what has not is left alone with its focus. */
export class Changes {
  #last: readonly unknown[] | null = null;

  of(...now: readonly unknown[]): boolean {
    const last = this.#last;
    this.#last = now;
    return last?.length !== now.length || now.some((one, i) => one !== last[i]);
  }
}
