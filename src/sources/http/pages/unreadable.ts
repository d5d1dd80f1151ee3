/** An answer does not say where the next page is, or says what cannot be followed. */
export class Unreadable extends Error {
  /** The option of `pages` to look at. */
  readonly option: string;

  constructor(problem: string, option: string) {
    super(problem);
    this.option = option;
  }
}

/** The list has changed since its first page was read: what was read fits together no more. */
export class Moved extends Error {}
