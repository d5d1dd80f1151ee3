import { readFileSync } from 'node:fs';
import type { Kind } from '../../src/define/declared.ts';

/** As it is committed. */
export const REFERENCE_PAGE = readFileSync(new URL('../../docs/reference.md', import.meta.url), 'utf8');

/** A heading of the reference below which options stand. */
export interface PagePart {
  kind: Kind;
  title: string;
  /** Where the options stand in a definition of the kind; [] for its own. */
  path: string[];
  /** ` with kind 'cursor'`, where they are, or stand in, one of several objects; else ''. */
  choice: string;
  options: { name: string; default: string }[];
  /** Objects as code, or for a kind the whole statement. */
  examples: string[];
}

/** The headings of the kinds and all below them. */
export function partsOfPage(kinds: readonly Kind[]): PagePart[] {
  let kind: Kind | undefined;
  return REFERENCE_PAGE.split(/^(?=##+ )/m).flatMap((text) => {
    const [, marks = '', title = ''] = /^(#+) (.*)$/m.exec(text) ?? [];
    const isKind = marks === '##';
    if (isKind) kind = kinds.find((candidate) => candidate === title);
    if (kind === undefined) return [];
    const [choice = ''] = / with kind '.*/.exec(title) ?? [];
    const path = isKind ? [] : title.replace(choice, '').split('.');
    return [{ kind, title, path, choice, options: optionsIn(text), examples: examplesIn(text) }];
  });
}

function optionsIn(text: string): PagePart['options'] {
  const [, rows = ''] = /^\| Option \|.*\n.*\n((?:\|.*\n?)*)/m.exec(text) ?? [];
  return rows
    .split('\n')
    .filter((row) => row !== '')
    .map((row) => {
      const [, name = '', , value = ''] = row.split(/(?<!\\)\|/).map((cell) => cell.trim());
      return { name: withoutCode(name), default: withoutCode(value) };
    });
}

function withoutCode(cell: string): string {
  return cell.replaceAll(/^`|`$/g, '');
}

function examplesIn(text: string): string[] {
  const [, code = ''] = /^```ts\n(.*?)\n```$/ms.exec(text) ?? [];
  return code.split(/^(?=\{)/m).filter((example) => example !== '');
}
