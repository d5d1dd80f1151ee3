import { jsonParser } from '../../definition/exact-json.ts';
import { messageOf } from '../../errors.ts';
import type { Body } from '../../clients/body.ts';
import { CutShort, NotThisFormat } from './faults.ts';
import type { Format } from './format.ts';
import { readPartByPart } from './json-parts.ts';
import { listIn } from './list-in.ts';
import { textsOf } from './text.ts';

/** One JSON document in UTF-8 (RFC 8259). */
export const json: Format = {
  called: 'JSON',
  accept: 'application/json',
  mediaTypes: /\bjson\b/i,
  async *read(body, wanted) {
    if (body.inMemory === undefined) return yield* readPartByPart(body, wanted);
    const document = parsed(await wholeText(body), body.bytes, jsonParser(wanted.isExact));
    yield listIn(document, wanted.list);
    return document;
  },
};

async function wholeText(body: Body): Promise<string> {
  const texts: string[] = [];
  // Without the letter that was cut it is not whole JSON either.
  for await (const text of textsOf(body.chunks(), { cutLetter: 'left out' })) texts.push(text);
  return texts.join('');
}

function parsed(text: string, bytes: number, parse: (text: string) => unknown): unknown {
  try {
    return parse(text);
  } catch (error) {
    const found = `a body of ${bytes} bytes that is not`;
    const why = parserSays(error);
    throw isCut(text) ? new CutShort(`${found} whole JSON${why}`) : new NotThisFormat(`${found} JSON${why}`);
  }
}

/** What the parser says, save what it quotes of the body: a secret there may be cut on both sides. */
export function parserSays(error: unknown): string {
  const said = messageOf(error).replace(/(, )?(\.\.\.)?"[^]*" ?(\.\.\.)? is not valid JSON$/, '');
  return said === '' ? '' : ` (${said})`;
}

/** Does the text begin as an object or a list, and not end as one? */
function isCut(text: string): boolean {
  const trimmed = text.trim();
  const end = { '{': '}', '[': ']' }[trimmed.charAt(0)];
  return end !== undefined && !trimmed.endsWith(end);
}
