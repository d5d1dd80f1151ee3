import { InvalidArgumentError } from '@commander-js/extra-typings';

/** Reads the number of an option: a whole one from `min` to `max`, or of any size where no `max` is given. */
export function wholeNumber(min: number, max?: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= min && number <= (max ?? Number.MAX_SAFE_INTEGER)) return number;
    throw new InvalidArgumentError(
      max === undefined
        ? `Give a whole number that is at least ${min}.`
        : `Give a whole number from ${min} to ${max}.`,
    );
  };
}
