import type { Code } from './code.ts';
import { docstringOf } from './docstring.ts';
import { code as inCode } from './markdown.ts';
import type { Part } from './model.ts';
import type { Vocabulary } from './vocabulary.ts';

/** The words for what options are given: how each is called, and what it means. */
export function wordsPart(code: Code, { words }: Vocabulary): Part {
  return {
    title: 'Vocabulary',
    meaning: 'What a definition file imports beside the kinds of definitions and `z`.',
    examples: [],
    tables: [],
    parts: words.map(({ name, symbol, calls }) => {
      const isCalledItself = calls.some((call) => call.symbol === symbol);
      const rows = calls.map((call) => [inCode(call.text), docstringOf(code, call.symbol)] as const);
      return {
        title: name,
        meaning: docstringOf(code, symbol).meaning,
        examples: isCalledItself ? calls.map(({ text }) => text) : [],
        tables:
          isCalledItself || rows.length === 0
            ? []
            : [{ columns: ['Call', 'Meaning'], rows: rows.map(([call, says]) => [call, says.meaning]) }],
        parts: [],
      };
    }),
  };
}
