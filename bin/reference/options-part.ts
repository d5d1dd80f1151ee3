import ts from 'typescript';
import type { Code } from './code.ts';
import { docstringOf, type Docstring } from './docstring.ts';
import { cellOf, code as inCode } from './markdown.ts';
import type { Part, Piece } from './model.ts';
import { kindsOf, membersOf, namesOf, optionObjectsIn, type Member } from './option-types.ts';
import type { Places } from './places.ts';
import { joined, link, piecesOfNode, piecesOfType } from './type-pieces.ts';

/** Reads options into the parts of the page. */
export interface OptionsReader {
  code: Code;
  places: Places;
  /** Options that every kind of definition has: they come last. */
  common: ReadonlySet<string>;
}

const COLUMNS = ['Option', 'Type', 'Default', 'Meaning'];

/** One object of options. */
interface Options {
  title: string;
  /** Where it stands in its definition; '' for the definition's own options. */
  path: string;
  /** ` with kind 'cursor'`, where it is, or stands in, one of several objects; else ''. */
  choice: string;
  says: Docstring;
  /** The types that it may have: it has the keys of one of them. */
  variants: ts.Type[];
}

/** The table of these options, and below it a part for each that is an object itself. */
export function optionsPart(reader: OptionsReader, { title, path, choice, says, variants }: Options): Part {
  const { checker } = reader.code;
  const members = commonLast(membersOf(checker, variants), reader.common);
  const read = members.map((member) => {
    const own = path === '' ? member.symbol.name : `${path}.${member.symbol.name}`;
    return {
      member,
      says: docstringOfOption(reader.code, member),
      inside: insideOf(reader, member, own, choice),
    };
  });
  const around = read.flatMap(({ says: { exampleAround } }) => exampleAround ?? []);
  return {
    title,
    meaning: says.meaning,
    examples: says.example === undefined ? around : [says.example],
    tables: [
      {
        columns: COLUMNS,
        rows: read.map(({ member, says, inside }) => [
          inCode(member.symbol.name),
          cellOf(inside?.pieces ?? piecesOf(reader, member)),
          says.default,
          says.meaning,
        ]),
      },
    ],
    parts: read.flatMap(({ says, inside }) => inside?.part(says) ?? []),
  };
}

/** What an option's own part holds, and how the option's type leads there. */
interface Inside {
  pieces: Piece[];
  part(says: Docstring): Part;
}

function insideOf(reader: OptionsReader, member: Member, path: string, choice: string): Inside | undefined {
  const { checker } = reader.code;
  const title = path + choice;
  const kinds = kindsOf(checker, member);
  if (kinds !== undefined)
    return {
      pieces: [link('object', title)],
      part: (says) => kindsPart(reader, { title, path, says, kinds }),
    };
  const names = namesOf(checker, member);
  const variants = optionObjectsIn(checker, reader.places, member.type);
  if (names !== undefined && variants.length === 0) {
    const pieces = joined(
      names.map(({ name }) => [link(`'${name}'`, title)]),
      ' | ',
    );
    return { pieces, part: (says) => namesPart(reader, title, says, names) };
  }
  if (variants.length === 0) return undefined;
  return {
    pieces: piecesOf(reader, member, title),
    part: (says) => {
      const part = optionsPart(reader, { title, path, choice, says, variants });
      return names === undefined
        ? part
        : { ...part, tables: [...namesPart(reader, title, says, names).tables, ...part.tables] };
    },
  };
}

/** `pages: { kind: 'cursor', … }`: the kinds, each with a part of its own. */
function kindsPart(
  reader: OptionsReader,
  { title, path, says: { meaning }, kinds }: Pick<Options, 'title' | 'path' | 'says'> & { kinds: Member[] },
): Part {
  const parts = kinds.map(({ symbol, type }) => {
    const says = docstringOf(reader.code, symbol, type);
    if (says.example === undefined) reader.code.complain(type.symbol, 'has no @example.');
    const choice = ` with kind '${symbol.name}'`;
    const variants = optionObjectsIn(reader.code.checker, reader.places, type);
    const options = { title: path + choice, path, choice, says, variants };
    return { name: symbol.name, part: optionsPart(reader, options) };
  });
  return {
    title,
    meaning,
    examples: [],
    tables: [
      {
        columns: ['`kind`', 'Meaning'],
        rows: parts.map(({ name, part }) => [cellOf([link(`'${name}'`, part.title)]), part.meaning]),
      },
    ],
    parts: parts.map(({ part }) => part),
  };
}

function namesPart(reader: OptionsReader, title: string, { meaning }: Docstring, names: ts.Symbol[]): Part {
  const rows = names.map((symbol) => [inCode(`'${symbol.name}'`), docstringOf(reader.code, symbol).meaning]);
  return { title, meaning, examples: [], tables: [{ columns: ['Value', 'Meaning'], rows }], parts: [] };
}

/** With what stands in the column of defaults. */
function docstringOfOption(code: Code, member: Member): Docstring & { default: string } {
  if (isNameOfKind(member)) return { meaning: 'Chooses these options.', default: 'required' };
  // What a list gives may be explained by its type alone.
  const says = docstringOf(code, member.symbol, member.node ? undefined : member.type);
  if (member.need === 'optional') {
    if (says.default === undefined)
      code.complain(member.symbol, "may be left out: its docstring lacks 'Default: …'.");
    return { ...says, default: literalInCode(says.default ?? '') };
  }
  if (says.default !== undefined)
    code.complain(member.symbol, 'must be given, and its docstring has a default.');
  return { ...says, default: member.need };
}

function isNameOfKind({ symbol, type }: Member): boolean {
  return symbol.name === 'kind' && type.isStringLiteral();
}

function literalInCode(text: string): string {
  return /^('.*'|\d+(\.\d+)?|true|false)$/.test(text) ? inCode(text) : text;
}

/** @param title of the option's own part, where it may be an object of options */
function piecesOf({ code, places }: OptionsReader, member: Member, title?: string): Piece[] {
  const { checker } = code;
  if (title === undefined) {
    return member.node
      ? piecesOfNode(checker, places, member.node)
      : piecesOfType(checker, places, member.type);
  }
  const others = member.node && ts.isUnionTypeNode(member.node) ? member.node.types : [];
  const values = others.filter(
    (node) => optionObjectsIn(checker, places, checker.getTypeFromTypeNode(node)).length === 0,
  );
  return joined(
    [...values.map((node) => piecesOfNode(checker, places, node)), [link('object', title)]],
    ' | ',
  );
}

function commonLast(members: Member[], common: ReadonlySet<string>): Member[] {
  const isCommon = ({ symbol }: Member) => common.has(symbol.name);
  return [...members.filter((member) => !isCommon(member)), ...members.filter(isCommon)];
}
