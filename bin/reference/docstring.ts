import ts from 'typescript';
import { declaredAs, type Code } from './code.ts';

/** What the comment above a declaration says, on one line. */
export interface Docstring {
  /** Without the default. */
  meaning: string;
  default?: string;
  /** Its `@example`: what the option itself is given. */
  example?: string;
  /** The property `example` of a record, which messages show, too: the object in which the option stands. */
  exampleAround?: string;
}

/**
 * `Default '1 hour'; …`, `Default 4.`, `Default: none.`: a value as code would write it, or words up to the next mark.
 */
const DEFAULT = /\bDefault:? (?<value>'[^']*'|\d+(?:\.\d+)?|[^.;:]+)(?:[.;:]\s*|$)/;

/** Reads it from the symbol; from the value that a list gives under that name; or from the type. */
export function docstringOf(code: Code, symbol: ts.Symbol, type?: ts.Type): Docstring {
  const places = [symbol, valueBehind(code.checker, symbol), type?.aliasSymbol, type?.symbol];
  const documented = places.filter((place) => place !== undefined);
  const text = first(documented, (place) => oneLine(place.getDocumentationComment(code.checker)));
  const example = first(documented, (place) => exampleOf(code.checker, place));
  const exampleAround = first(documented, (place) => exampleProperty(code.checker, place));
  if (text === undefined) code.complain(symbol, 'has no docstring.');
  return {
    ...split(text ?? ''),
    ...(example === undefined ? {} : { example }),
    ...(exampleAround === undefined ? {} : { exampleAround }),
  };
}

/** What `{ bearer }` and `{ http: source }` in a list stand for. */
function valueBehind(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol | undefined {
  const declaration = symbol.declarations?.[0];
  if (declaration === undefined) return undefined;
  const value = ts.isShorthandPropertyAssignment(declaration)
    ? checker.getShorthandAssignmentValueSymbol(declaration)
    : ts.isPropertyAssignment(declaration)
      ? checker.getSymbolAtLocation(declaration.initializer)
      : undefined;
  return value && declaredAs(checker, value);
}

function split(text: string): Docstring {
  const value = DEFAULT.exec(text)?.groups?.['value'];
  if (value === undefined) return { meaning: text };
  const rest = text.replace(DEFAULT, '\0').trim();
  const meaning = rest.replace(/\0(.?)/, (_, letter: string) => letter.toUpperCase()).trim();
  return { meaning, default: value };
}

function oneLine(parts: ts.SymbolDisplayPart[]): string {
  return ts.displayPartsToString(parts).replaceAll(/\s+/g, ' ').trim();
}

function exampleOf(checker: ts.TypeChecker, symbol: ts.Symbol): string | undefined {
  const tag = symbol.getJsDocTags(checker).find(({ name }) => name === 'example');
  return tag && ts.displayPartsToString(tag.text).trim();
}

/** Its text is a constant's or its own: the compiler knows either. */
function exampleProperty(checker: ts.TypeChecker, symbol: ts.Symbol): string | undefined {
  if (!(symbol.flags & ts.SymbolFlags.Variable)) return undefined;
  const declaration = checker.getTypeOfSymbol(symbol).getProperty('example')?.valueDeclaration;
  if (declaration === undefined || !ts.isPropertyAssignment(declaration)) return undefined;
  const type = checker.getTypeAtLocation(declaration.initializer);
  return type.isStringLiteral() ? type.value : undefined;
}

function first<T, Found>(values: readonly T[], find: (value: T) => Found): Found | undefined {
  return values.map(find).find((found) => found !== undefined && found !== '');
}
