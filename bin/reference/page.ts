import type ts from 'typescript';
import { readCode, type Code } from './code.ts';
import { docstringOf } from './docstring.ts';
import { fieldsPart } from './fields-part.ts';
import { anchorOf, linkTo, partText, titlesOf } from './markdown.ts';
import type { Part } from './model.ts';
import { membersOf, optionObjectsIn, variantsOf } from './option-types.ts';
import { optionsPart, type OptionsReader } from './options-part.ts';
import { placesOf } from './places.ts';
import { vocabularyOf, type Vocabulary } from './vocabulary.ts';
import { wordsPart } from './words-part.ts';

const HEAD = `# Reference

Every option of every kind of definition. \`npm run reference\` writes this page from the declarations that check
definitions, and a test compares the two: change a docstring in \`src/\`, not the page. The codes of errors have a page of
their own, [errors](errors.md); [the guide](guide.md) says how a load works.`;

/** The text of \`docs/reference.md\`. @throws where declarations do not say enough, naming all of them */
export function referencePage(): string {
  const code = readCode();
  const parts = partsOf(code);
  const titles = parts.flatMap(titlesOf);
  const twins = titles.filter((title, index) => titles.map(anchorOf).indexOf(anchorOf(title)) < index);
  const complaints = [
    ...new Set(code.complaints),
    ...twins.map((title) => `Two headings are called '${title}'.`),
  ];
  if (complaints.length > 0) throw new Error(`The reference cannot be written:\n${complaints.join('\n')}`);
  return `${[HEAD, contents(parts), ...parts.map((part) => partText(part, 2))].join('\n\n')}\n`;
}

function partsOf(code: Code): Part[] {
  const vocabulary = vocabularyOf(code);
  const places = placesOf(code, vocabulary);
  const reader = { code, places, common: commonOptions(code, vocabulary) };
  const kinds = kindParts(reader, vocabulary);
  return [...kinds, wordsPart(code, vocabulary), fieldsPart(code), typesPart(reader)];
}

function kindParts(reader: OptionsReader, { kinds }: Vocabulary): Part[] {
  return kinds.map(({ name, symbol, options }) => {
    const says = docstringOf(reader.code, symbol);
    if (says.example === undefined) reader.code.complain(symbol, 'has no @example.');
    return optionsPart(reader, { title: name, path: '', choice: '', says, variants: variantsOf(options) });
  });
}

/** Names of the options that every kind has. */
function commonOptions({ checker }: Code, { kinds }: Vocabulary): Set<string> {
  const [first, ...others] = kinds.map(
    ({ options }) => new Set(membersOf(checker, variantsOf(options)).map(({ symbol }) => symbol.name)),
  );
  return new Set([...(first ?? [])].filter((name) => others.every((other) => other.has(name))));
}

/** What the tables name and no other part explains. */
function typesPart(reader: OptionsReader): Part {
  const parts: Part[] = [];
  // One type may name another: the set grows while it is walked.
  for (const symbol of reader.places.named) parts.push(typePart(reader, symbol));
  return { title: 'Types', meaning: 'Names of types that the tables use.', examples: [], tables: [], parts };
}

function typePart(reader: OptionsReader, symbol: ts.Symbol): Part {
  const { code, places } = reader;
  const says = docstringOf(code, symbol);
  const variants = optionObjectsIn(code.checker, places, code.checker.getDeclaredTypeOfSymbol(symbol));
  const { name } = symbol;
  if (variants.length > 0)
    return optionsPart(reader, { title: name, path: name, choice: '', says, variants });
  return { title: name, meaning: says.meaning, examples: [], tables: [], parts: [] };
}

function contents(parts: readonly Part[]): string {
  return parts
    .map((part) =>
      [
        `- ${linkTo(part.title)}`,
        ...titlesOf(part)
          .slice(1)
          .map((title) => linkTo(title)),
      ].join(' · '),
    )
    .join('\n');
}
