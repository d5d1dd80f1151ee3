/**
 * What is wrong with a body. Its message says what is there, as in "sent a body that is not JSON": whoever reads the body
 * says who sent it.
 */
export class FormatFault extends Error {}

/** It is whole, and not of the format. */
export class NotThisFormat extends FormatFault {}

/** It is of the format, and has no list of records where one was looked for. */
export class NoList extends FormatFault {
  /** Is it an object with nothing in it? Some APIs (those of Google, Temporal's) leave out a list that is empty. */
  readonly isEmpty: boolean;

  constructor(message: string, isEmpty: boolean) {
    super(message);
    this.isEmpty = isEmpty;
  }
}

/** It ends too early: it may have been cut on its way. */
export class CutShort extends FormatFault {}

/** What can only be read as a whole, such as one record, is held in memory up to this. */
export const MAX_HELD_BYTES = 16 * 1024 * 1024;

/** More than is held can only be read as a whole. */
export class TooLargeToHold extends FormatFault {}

/** @param what is there, as in "a body with a record": it is larger */
export function tooLargeToHold(what: string): TooLargeToHold {
  return new TooLargeToHold(`${what} of more than ${MAX_HELD_BYTES / 1024 / 1024} MiB`);
}
