import { compileFunction } from 'node:vm';
import { expect, it } from 'vitest';
import { referencePage } from '../../../bin/reference/page.ts';
import { hashesOf } from '../../../src/apply/hashes.ts';
import type { Declared, Kind } from '../../../src/define/declared.ts';
import { FACTS } from '../../../src/definition/kinds.ts';
import * as vocabulary from '../../../src/index.ts';
import { acceptedOptions } from '../../support/accepted-options.ts';
import { partsOfPage, REFERENCE_PAGE, type PagePart } from '../../support/reference-page.ts';

const KINDS = Object.keys(FACTS) as Kind[];
const PARTS = partsOfPage(KINDS);

/** Reading the code takes seconds, more on a machine that is busy. */
const READING_MS = 120_000;

it('docs/reference.md is what the declarations say', { timeout: READING_MS }, () => {
  expect(REFERENCE_PAGE, 'run `npm run reference` and commit docs/reference.md').toBe(referencePage());
});

it('the page has exactly the options that the vocabulary accepts', () => {
  const documented = PARTS.filter(({ options }) => options.length > 0).map(
    ({ title, options }) => [title, options.map(({ name }) => name).toSorted()] as const,
  );
  const accepted = [...acceptedOptions(KINDS)].map(([title, names]) => [title, names.toSorted()] as const);
  expect(Object.fromEntries(documented)).toEqual(Object.fromEntries(accepted));
});

it('the example of each kind is a definition without mistakes', () => {
  const examples = examplesOfKinds();
  expect(examples.map(({ kind }) => kind)).toEqual(KINDS);
  expect(examples.flatMap(({ declared }) => declared.problems)).toEqual([]);
});

it('the examples of inner options are accepted where they stand', () => {
  const inner = PARTS.filter(({ path, examples }) => path.length > 0 && examples.length > 0);
  expect(inner.map(({ title }) => title)).toContain('http.auth');
  const problems = inner.flatMap((part) =>
    part.examples.flatMap((text) => {
      const options = withValue(part.kind, exampleAround(part), part.path, valueOf(text));
      return declaredAs(part.kind, options).problems;
    }),
  );
  expect(problems).toEqual([]);
});

it('a default that the page names is what leaving the option out means', () => {
  const defaults = PARTS.flatMap((part) =>
    part.options
      .filter((option) => /^('.*'|\d+(\.\d+)?|true|false)$/.test(option.default))
      .map((option) => ({ part, name: option.name, value: valueOf(option.default) })),
  );
  expect(defaults.map(({ part, name }) => `${part.title} ${name}`)).toContain('http timeout');
  const wrong = defaults.filter(
    ({ part, name, value }) => hashWith(part, name, value) !== hashWith(part, name, undefined),
  );
  expect(wrong.map(({ part, name }) => `${part.title} ${name}`)).toEqual([]);
});

interface Example {
  kind: Kind;
  name: string;
  options: object;
  declared: Declared;
}

/** Runs the code of all kinds as one file of definitions, as they use each other. */
function examplesOfKinds(): Example[] {
  const made: Example[] = [];
  const noting = KINDS.map((kind) => {
    const note = (name: string, options: object) => {
      const declared = declaredAs(kind, options, name);
      made.push({ kind, name, options, declared });
      return declared;
    };
    return [kind, note] as const;
  });
  const code = PARTS.filter(({ path }) => path.length === 0).flatMap(({ examples }) => examples);
  run(code.join('\n').replaceAll(/^export /gm, ''), { ...vocabulary, ...Object.fromEntries(noting) });
  return made;
}

function exampleOf(kind: Kind): object {
  const example = examplesOfKinds().find((made) => made.kind === kind);
  if (example === undefined) throw new Error(`The page has no example of the kind '${kind}'.`);
  return example.options;
}

/** The hash of an example in which the option is given that value; undefined leaves it out. */
function hashWith(part: PagePart, name: string, value: unknown): string {
  const { kind, path } = part;
  const { definition, problems } = declaredAs(
    kind,
    withValue(kind, exampleAround(part), [...path, name], value),
  );
  if (definition === undefined) throw new Error(JSON.stringify(problems));
  return hashesOf(definition).hash;
}

/** Options of an example that do not go with those of another object of options. */
const NOT_BESIDE: Record<string, readonly string[]> = { 'http.format': ['records', 'pages'] };

/** The example of the kind; with that of the chosen object, where the part is about it or about what stands in it. */
function exampleAround(part: PagePart): object {
  const example = chosenExample(part);
  const place = Object.keys(NOT_BESIDE).find((path) => part.path.join('.').startsWith(path));
  if (place === undefined) return example;
  const [outer = ''] = place.split('.');
  const kept = Object.entries(Reflect.get(example, outer) as object).filter(
    ([name]) => NOT_BESIDE[place]?.includes(name) !== true,
  );
  return { ...example, [outer]: Object.fromEntries(kept) };
}

function chosenExample({ kind, choice }: PagePart): object {
  const chosen = PARTS.find((part) => part.kind === kind && choice !== '' && part.choice === choice);
  const [example] = chosen?.examples ?? [];
  if (chosen === undefined || example === undefined) return exampleOf(kind);
  return withValue(kind, exampleOf(kind), chosen.path, valueOf(example));
}

/** The options with another value at the path, and without those that exclude it. */
function withValue(
  kind: Kind,
  options: object,
  [name = '', ...rest]: readonly string[],
  value: unknown,
  at: readonly string[] = [],
): object {
  const here = PARTS.find((part) => part.kind === kind && part.path.join() === at.join());
  const excluding = here?.options.filter((option) => option.default === 'exactly one') ?? [];
  const isExcluding = excluding.some((option) => option.name === name);
  const kept = Object.entries(options).filter(
    ([other]) => other === name || !isExcluding || !excluding.some((option) => option.name === other),
  );
  const path = [...at, name];
  const inner = rest.length === 0 ? value : withValue(kind, innerOf(kind, options, path), rest, value, path);
  return { ...Object.fromEntries(kept), [name]: inner };
}

/** What stands at the last name of the path; where nothing does, the example of that part. */
function innerOf(kind: Kind, options: object, path: readonly string[]): object {
  const inner: unknown = Reflect.get(options, path.at(-1) ?? '');
  if (typeof inner === 'object' && inner !== null) return inner;
  const part = PARTS.find((candidate) => candidate.kind === kind && candidate.path.join() === path.join());
  const [example] = part?.examples ?? [];
  if (example === undefined) throw new Error(`Give ${path.join('.')} an @example: that of ${kind} has none.`);
  return valueOf(example) as object;
}

function declaredAs(kind: Kind, options: object, name = 'example'): Declared {
  const declare = vocabulary[kind] as (name: string, options: object) => Declared;
  return declare(name, options);
}

function valueOf(text: string): unknown {
  return run(`return (${text.trim()});`, vocabulary);
}

function run(code: string, words: object): unknown {
  const compiled = compileFunction(code, Object.keys(words)) as (...values: unknown[]) => unknown;
  return compiled(...(Object.values(words) as unknown[]));
}
