import { checkColumn } from './columns.ts';
import { isDeclared, type Report } from './declared.ts';
import { readsOf, type Field, type RollupDefinition, type SqlPart } from '../definition/definition.ts';
import { didYouMean, shown } from '../wording.ts';

/** The columns of a rollup that count the events of a stream, as facts; nothing where none does. */
export function countsFacts(
  options: Readonly<Record<string, unknown>> = {},
  { fields, sql }: { fields: readonly Field[]; sql: SqlPart[] },
  report: Report,
): Pick<RollupDefinition, 'counts'> {
  const counts = Object.entries(options).map(([column, stream]) => {
    const option = `counts.${column.slice(0, 80)}`;
    checkColumn(fields, column, { option, in: 'row', role: 'count' }, report);
    return [column, streamOf(stream, option, readsOf(sql), report)] as const;
  });
  return counts.length === 0 ? {} : { counts: Object.fromEntries(counts) };
}

function streamOf(value: unknown, option: string, reads: string[], report: Report): string {
  if (!isDeclared(value) || value.kind !== 'stream') {
    const given = isDeclared(value) ? `the ${value.kind} '${value.name}'` : shown(value);
    report(option, `${given} is not a stream; give the definition of a stream that sql reads.`);
    return '';
  }
  if (!reads.includes(value.name)) {
    const remedy = didYouMean(value.name, reads) || `sql reads ${reads.join(', ') || 'no stream'}.`;
    report(option, `sql does not read '${value.name}'; ${remedy}`);
  }
  return value.name;
}
