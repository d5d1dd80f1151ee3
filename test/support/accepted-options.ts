import * as vocabulary from '../../src/index.ts';
import type { Declared, Kind, Problem } from '../../src/define/declared.ts';

/** Is none of the options, and near to none, so that the answer lists them all. */
const NO_OPTION = 'zzzzzzzzzzzzzzzzzzzzzzzz';

/**
 * The options that the functions of the vocabulary accept, found by asking them: an option that is none has each of
 * them list its own. By title: the kind for a definition's own options, `http.auth` for those of an object,
 * `http.pages with kind 'cursor'` for one of several objects.
 */
export function acceptedOptions(kinds: readonly Kind[]): Map<string, string[]> {
  return new Map(kinds.flatMap((kind) => acceptedAt(kind, { path: [], choice: '', around: (own) => own })));
}

type Accepted = [title: string, names: string[]];

/** Where an object of options stands. */
interface Place {
  /** [] for the definition's own. */
  path: readonly string[];
  /** ` with kind 'cursor'`, where it is, or stands in, one of several objects. */
  choice: string;
  /** The options of the definition, with that object in its place. */
  around: (inner: object) => object;
}

function acceptedAt(kind: Kind, { path, choice, around }: Place): Accepted[] {
  const declare = vocabulary[kind] as (name: string, options: object) => Declared;
  const { problems } = declare('asked', around({ [NO_OPTION]: 0 }));
  const names = listedAt(problems, [...path, NO_OPTION], /^is not an option; the options here are (.*)\.$/);
  if (names !== undefined) {
    const inside = names.map((name) => ({
      path: [...path, name],
      choice,
      around: (inner: object) => around({ [name]: inner }),
    }));
    const title = path.length === 0 ? kind : path.join('.') + choice;
    return [[title, names], ...inside.flatMap((place) => acceptedAt(kind, place))];
  }
  const chosen = listedAt(problems, [...path, 'kind'], /^is missing; use (.*)\.$/) ?? [];
  return chosen.flatMap((name) =>
    acceptedAt(kind, {
      path,
      choice: ` with kind '${name}'`,
      around: (inner) => around({ kind: name, ...inner }),
    }),
  );
}

/** The names in the problem at that path: `a, b`, or `'a', 'b' or 'c'`. */
function listedAt(
  problems: readonly Problem[],
  path: readonly string[],
  pattern: RegExp,
): string[] | undefined {
  const texts = problems.filter((problem) => problem.path === path.join('.')).map(({ text }) => text);
  const list = texts.map((text) => pattern.exec(text)?.[1]).find((found) => found !== undefined);
  return list?.split(/, | or /).map((name) => name.replaceAll("'", ''));
}
