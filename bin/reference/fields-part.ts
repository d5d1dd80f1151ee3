import ts from 'typescript';
import { FIELD_TYPES } from '../../src/definition/field-types/index.ts';
import type { TypeMeaning } from '../../src/definition/field-types/meaning.ts';
import { declaredAs, type Code } from './code.ts';
import { docstringOf } from './docstring.ts';
import { code as inCode } from './markdown.ts';
import type { Part, Table } from './model.ts';
import { FIELDS_TITLE } from './places.ts';

/** The closed set of types that a field may have, what a field may say beside its type, and what it can serve as. */
export function fieldsPart(code: Code): Part {
  return {
    title: FIELDS_TITLE,
    meaning:
      'What `event` and `row` hold: `z.object({ … })` of these types and no other, without `refine` and `transform`.',
    examples: [],
    tables: [typesTable(code)],
    parts: [
      membersPart(code, {
        title: 'What a field says beside its type',
        meaning: '',
        of: ['definition/field-types/field-facts.ts', 'FieldFacts'],
      }),
      membersPart(code, {
        title: 'What a field can serve as',
        meaning: '',
        of: ['definition/field-types/meaning.ts', 'Roles'],
      }),
    ],
  };
}

function typesTable(code: Code): Table {
  const documented = symbolsOfTypes(code);
  return {
    columns: ['In `event` and `row`', 'In `external`', 'Meaning', 'In MariaDB', 'Can serve as'],
    rows: FIELD_TYPES.map((type: TypeMeaning, index) => {
      const symbol = documented[index];
      return [
        type.zod.calls.map(inCode).join(', '),
        type.isOnWire ? '' : inCode(`'${type.name}'`),
        symbol === undefined ? '' : docstringOf(code, symbol).meaning,
        columnText(type),
        rolesText(type),
      ];
    }),
  };
}

/** The records that the list of types names, in its order: their docstrings say what each means. */
function symbolsOfTypes(code: Code): (ts.Symbol | undefined)[] {
  const list = code.exportsOf('definition/field-types/index.ts').get('FIELD_TYPES')?.valueDeclaration;
  if (list === undefined || !ts.isVariableDeclaration(list) || list.initializer === undefined) return [];
  const { initializer } = list;
  const array = ts.isAsExpression(initializer) ? initializer.expression : initializer;
  if (!ts.isArrayLiteralExpression(array)) return [];
  return array.elements.map((element) => {
    const symbol = code.checker.getSymbolAtLocation(element);
    return symbol && declaredAs(code.checker, symbol);
  });
}

function columnText({ mariadb }: TypeMeaning): string {
  const field = { name: 'field', nullable: false, optional: false, precision: 12, scale: 2 };
  const [usual, inKey] = [mariadb.column(field, false), mariadb.column(field, true)];
  return usual === inKey ? inCode(usual) : `${inCode(usual)}; ${inCode(inKey)} in a key`;
}

function rolesText({ roles }: TypeMeaning): string {
  return Object.entries(roles)
    .map(([role, how]: [string, TypeMeaning['roles'][keyof TypeMeaning['roles']]]) =>
      typeof how === 'object' && how.calendars !== 'all' ? `${role} (${how.calendars})` : role,
    )
    .join(', ');
}

function membersPart(
  code: Code,
  { title, meaning, of: [file, name] }: { title: string; meaning: string; of: [string, string] },
): Part {
  const declared = code.exportsOf(file).get(name);
  const members = declared ? code.checker.getDeclaredTypeOfSymbol(declared).getProperties() : [];
  const rows = members.map((member) => [inCode(member.name), docstringOf(code, member).meaning]);
  return { title, meaning, examples: [], tables: [{ columns: ['Name', 'Meaning'], rows }], parts: [] };
}
