import { ofKind, type StreamDefinition } from '../definition/definition.ts';
import { MillraceError } from '../errors.ts';
import type { Applied } from '../store/catalogue.ts';
import { alternatives } from '../wording.ts';
import type { Audited, BalanceDeps } from './deps.ts';

/** A stream as it is applied, with what its earlier versions allowed. @throws TABLE_UNKNOWN naming the streams */
export async function auditedStream(
  { catalogue }: Pick<BalanceDeps, 'catalogue'>,
  applied: ReadonlyMap<string, Applied>,
  name: string,
): Promise<Audited> {
  const definition = applied.get(name)?.definition;
  if (definition?.kind !== 'stream') {
    const streams = ofKind(
      [...applied.values()].map((entry) => entry.definition),
      'stream',
    );
    const what = definition === undefined ? '' : `; it is a ${definition.kind}`;
    throw new MillraceError(
      'TABLE_UNKNOWN',
      `No applied stream is called '${name}'${what}${alternatives(
        name,
        streams.map((stream) => stream.name),
      )}`,
    );
  }
  const versions = (await catalogue.versionsOf(name)).filter(
    (version): version is StreamDefinition => version.kind === 'stream',
  );
  return {
    stream: definition,
    declared: new Set([definition, ...versions].flatMap(({ fields }) => fields.map((field) => field.name))),
    windowMs: Math.min(definition.dedupeMs, ...versions.map(({ dedupeMs }) => dedupeMs)),
  };
}
