import { jsonParser } from '../../definition/exact-json.ts';
import { CutShort, MAX_HELD_BYTES, NotThisFormat, tooLargeToHold } from './faults.ts';
import type { Format } from './format.ts';
import { parserSays } from './json.ts';
import { textsOf } from './text.ts';

/** One JSON value per line, in UTF-8 (NDJSON, JSON Lines): the body itself is the list. */
export const ndjson: Format = {
  isList: true,
  endsAnywhere: true,
  called: 'JSON line by line',
  accept: 'application/x-ndjson, application/jsonl, application/json;q=0.5',
  // What programs call it, for want of a registered type.
  mediaTypes: /\b(x-)?(nd-?json|json-?lines|jsonl|json)\b/i,
  async *read(body, { isExact }) {
    const lines: Lines = { number: 0, parse: jsonParser(isExact), broken: undefined };
    // Of the line that has not ended yet: joined once, however many parts it comes in.
    let pieces: string[] = [];
    let length = 0;
    for await (const text of textsOf(body.chunks())) {
      const [end = '', ...more] = text.split('\n');
      pieces.push(end);
      length += end.length;
      const whole = more.length === 0 ? [] : [pieces.join(''), ...more.slice(0, -1)];
      if (more.length > 0) {
        pieces = more.slice(-1);
        length = pieces[0]?.length ?? 0;
      }
      if (length > MAX_HELD_BYTES)
        throw tooLargeToHold(`a body with a line ${lines.number + whole.length + 1}`);
      const records = whole.flatMap((line) => valuesIn(lines, line));
      if (records.length > 0) yield records;
    }
    const last = valuesIn(lines, pieces.join(''));
    if (lines.broken !== undefined) throw brokenAtTheEnd(lines.broken);
    if (last.length > 0) yield last;
    return [];
  },
};

interface Lines {
  /** Of the line that was read last. */
  number: number;
  parse: (text: string) => unknown;
  /** The first line that is not JSON. If no line follows it, the body may have been cut there. */
  broken: { line: string; problem: string } | undefined;
}

/** Its value; none of a blank line. */
function valuesIn(lines: Lines, line: string): unknown[] {
  lines.number++;
  if (line.trim() === '') return [];
  if (lines.broken !== undefined) throw new NotThisFormat(lines.broken.problem);
  try {
    return [lines.parse(line)];
  } catch (error) {
    lines.broken = { line, problem: `a body whose line ${lines.number} is not JSON${parserSays(error)}` };
    return [];
  }
}

function brokenAtTheEnd({ line, problem }: { line: string; problem: string }): Error {
  const mayBeCut = /^\s*[[{"]/.test(line);
  return mayBeCut ? new CutShort(`${problem}; it may have been cut there`) : new NotThisFormat(problem);
}
