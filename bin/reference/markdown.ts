import type { Part, Piece, Table } from './model.ts';

/** A text as code. */
export function code(text: string): string {
  return `\`${text}\``;
}

/** A type in a cell: what stands together is one piece of code, and a name leads to its heading. */
export function cellOf(pieces: readonly Piece[]): string {
  const merged = pieces.reduce<Piece[]>((done, piece) => {
    const last = done.at(-1);
    if (last === undefined || last.to !== undefined || piece.to !== undefined) return [...done, piece];
    return [...done.slice(0, -1), { code: last.code + piece.code }];
  }, []);
  return merged
    .map(({ code: text, to }) => (to === undefined ? code(text) : linkTo(to, code(text))))
    .join('');
}

/** A link to a heading of the page. */
export function linkTo(title: string, text = title): string {
  return `[${text}](#${anchorOf(title)})`;
}

/** A part with all below it. @param level of its heading */
export function partText(part: Part, level: number): string {
  return [
    `${'#'.repeat(level)} ${part.title}`,
    part.meaning,
    part.examples.length === 0 ? '' : `\`\`\`ts\n${part.examples.join('\n')}\n\`\`\``,
    ...part.tables.map(tableText),
    ...part.parts.map((inner) => partText(inner, Math.min(level + 1, 6))),
  ]
    .filter((text) => text !== '')
    .join('\n\n');
}

/** The titles of a part and of all below it. */
export function titlesOf({ title, parts }: Part): string[] {
  return [title, ...parts.flatMap(titlesOf)];
}

/** As GitHub makes it of a heading. */
export function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-');
}

function tableText({ columns, rows }: Table): string {
  return [columns, columns.map(() => '---'), ...rows.map((row) => row.map(escaped))].map(lineText).join('\n');
}

function lineText(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function escaped(cell: string): string {
  return cell.replaceAll('|', String.raw`\|`);
}
