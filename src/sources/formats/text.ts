import { NotThisFormat } from './faults.ts';

/**
 * Parts of a body as text: a letter may begin in one and end in the next.
 * @param encoding as the web names it: `latin1`, `utf-16le`
 * @param cutLetter what becomes of a letter that was cut at the end
 * @throws `NotThisFormat` where it is not in that encoding
 */
export async function* textsOf(
  chunks: AsyncIterable<Buffer>,
  {
    encoding = 'utf-8',
    cutLetter = 'refused',
  }: { encoding?: string; cutLetter?: 'refused' | 'left out' } = {},
): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  const decoded = (chunk?: Buffer): string => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      throw new NotThisFormat(`a body that is not in ${encoding.toUpperCase()}`);
    }
  };
  for await (const chunk of chunks) yield decoded(chunk);
  if (cutLetter === 'refused') yield decoded();
}
