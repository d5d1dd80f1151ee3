/** One deliberate fault, and the test that has to find it. */
export interface Mutant {
  /** What is broken, as a sentence. */
  name: string;
  /** The guarantee that it breaks, by its number in `docs/contracts.md`. */
  contract: number;
  /** The file that it is put into; stands there exactly once: */
  file: string;
  find: string;
  replace: string;
  /** `name` is part of the test's full name, `describe` included, and is written like that in `file`. */
  test: { file: string; name: string };
}

/** The text of a mutant's file with the fault in it. @throws where the text to find is not there exactly once */
export function mutated({ name, file, find, replace }: Mutant, text: string): string {
  const times = text.split(find).length - 1;
  if (times !== 1) {
    throw new Error(
      `mutant '${name}': its text stands ${times} times in ${file}, and not once. The code has moved: look for the place where this can go wrong now.`,
    );
  }
  return text.replace(find, () => replace);
}

/** Does a mutant need the servers of the stack? */
export function isLive({ test }: Pick<Mutant, 'test'>): boolean {
  return projectOf(test.file) !== 'unit';
}

/** The project of vitest that runs a test file: the folder in which it lies. */
export function projectOf(file: string): string {
  return file.split('/')[1] ?? '';
}
