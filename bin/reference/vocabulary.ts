import ts from 'typescript';
import { FACTS } from '../../src/definition/kinds.ts';
import { isOwn, type Code } from './code.ts';

/** What a definition file imports: the functions that declare a definition, and the words for what they are given. */
export interface Vocabulary {
  kinds: { name: string; symbol: ts.Symbol; options: ts.Type }[];
  words: { name: string; symbol: ts.Symbol; calls: Call[] }[];
}

/** A way to use a word: the word itself, or one of its methods. */
export interface Call {
  symbol: ts.Symbol;
  /** As somebody writes it: `every.day(zone = 'UTC')`. */
  text: string;
  /** The type of what it gives back. */
  gives?: ts.Symbol;
}

/** Reads it from what `src/index.ts` exports: a new kind or word is found there by itself. */
export function vocabularyOf(code: Code): Vocabulary {
  const exported = [...code.exportsOf('index.ts')].filter(
    ([, symbol]) => isOwn(symbol) && symbol.flags & ts.SymbolFlags.Value,
  );
  const order = Object.keys(FACTS);
  const kinds = exported
    .flatMap(([name, symbol]) => {
      const options = optionsOfKind(code.checker, symbol);
      return options === undefined ? [] : [{ name, symbol, options }];
    })
    .toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  const words = exported
    .filter(([name]) => !kinds.some((kind) => kind.name === name))
    .map(([name, symbol]) => ({ name, symbol, calls: callsOf(code.checker, name, symbol) }));
  return { kinds, words };
}

/** Is it the type of a definition, as the functions that declare one give it back? */
export function isDeclaredType(symbol: ts.Symbol | undefined): boolean {
  return symbol?.name === 'Declared' && isOwn(symbol);
}

function optionsOfKind(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Type | undefined {
  const [signature] = checker.getTypeOfSymbol(symbol).getCallSignatures();
  if (signature === undefined || !isDeclaredType(signature.getReturnType().symbol)) return undefined;
  const options = signature.parameters[1];
  return options && checker.getTypeOfSymbol(options);
}

function callsOf(checker: ts.TypeChecker, name: string, symbol: ts.Symbol): Call[] {
  const type = checker.getTypeOfSymbol(symbol);
  const [signature] = type.getCallSignatures();
  if (signature !== undefined) return [callOf(name, symbol, signature)];
  return type.getProperties().flatMap((method) => {
    const [call] = checker.getTypeOfSymbol(method).getCallSignatures();
    return call === undefined ? [] : [callOf(`${name}.${method.name}`, method, call)];
  });
}

function callOf(name: string, symbol: ts.Symbol, signature: ts.Signature): Call {
  const { symbol: gives } = signature.getReturnType();
  const parameters = (signature.declaration?.parameters ?? []).map((parameter) => parameter.getText());
  const isTemplate = parameters[0]?.endsWith(': TemplateStringsArray') === true;
  return {
    symbol,
    text: isTemplate ? `${name}\`…\`` : `${name}(${parameters.join(', ')})`,
    ...(gives === undefined ? {} : { gives }),
  };
}
