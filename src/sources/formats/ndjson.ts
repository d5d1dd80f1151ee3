import { jsonParser } from '../../definition/exact-json.ts';
import { CutShort, NotThisFormat, TooLargeToHold } from './faults.ts';
import { MAX_HELD_BYTES, type Format } from './format.ts';
import { faultOf } from './json.ts';
import { textsOf } from './text.ts';

/** One JSON value per line, in UTF-8 (NDJSON, JSON Lines): the body itself is the list. */
export const ndjson: Format = {
  isList: true,
  called: 'JSON line by line',
  accept: 'application/x-ndjson, application/jsonl, application/json;q=0.5',
  // What programs call it, for want of a registered type.
  mediaTypes: /\b(x-)?(nd-?json|json-?lines|jsonl|json)\b/i,
  async *read(body, { isExact }) {
    const parse = jsonParser(isExact);
    const lines: Lines = { number: 0, parse, fault: undefined };
    let rest = '';
    for await (const text of textsOf(body.chunks())) {
      const whole = (rest + text).split('\n');
      rest = whole.pop() ?? '';
      if (rest.length > MAX_HELD_BYTES)
        throw new TooLargeToHold(
          `a line ${lines.number + whole.length + 1} of more than ${MAX_HELD_BYTES / 1024 / 1024} MiB`,
        );
      const records = whole.flatMap((line) => valuesIn(lines, line));
      if (records.length > 0) yield records;
    }
    const last = valuesIn(lines, rest);
    if (lines.fault !== undefined) throw lines.fault.ofLast;
    if (last.length > 0) yield last;
    return [];
  },
};

interface Lines {
  /** Of the line that was read last. */
  number: number;
  parse: (text: string) => unknown;
  /** Of a line that is no JSON: of the last one of all, it may be another. */
  fault: { ofLast: Error; inside: Error } | undefined;
}

/** Its value; none of a blank line. */
function valuesIn(lines: Lines, line: string): unknown[] {
  lines.number++;
  if (line.trim() === '') return [];
  if (lines.fault !== undefined) throw lines.fault.inside;
  try {
    return [lines.parse(line)];
  } catch (error) {
    const problem = `a line ${lines.number} that is not JSON${faultOf(error)}`;
    const inside = new NotThisFormat(problem);
    // Of a line in the middle, another try gives the same; the last one may have been cut.
    const mayBeCut = /^\s*[[{"]/.test(line);
    const ofLast = mayBeCut ? new CutShort(`${problem}; the body may have been cut there`) : inside;
    lines.fault = { ofLast, inside };
    return [];
  }
}
