import { expect, it } from 'vitest';
import { cardOf } from '../../../../../examples/flights/start/card.ts';
import { places } from '../../../../../src/cli/script.ts';

const at = places({
  MILLRACE_ENV: 'dev',
  MILLRACE_KAFKA_BROKERS: 'k1:9092,k2:9092',
  MILLRACE_SUPERSET_URL: '',
  MILLRACE_TEMPORAL_UI_URL: 'http://t:8233',
  TEMPORAL_ADDRESS: 't:7233',
  TEMPORAL_NAMESPACE: 'team',
});

it('the card says where Temporal and Kafka are, in commands that can be pasted', () => {
  const card = cardOf(at, [], 0);
  expect(card).toContain('Temporal UI   http://t:8233/namespaces/team/workflows\n');
  expect(card).toContain('Temporal      temporal schedule list --address t:7233 --namespace team\n');
  expect(card).toContain('Kafka         kcat -C -b k1:9092,k2:9092 -t dev.departures.clean ');
});

it('the card names the next slot of each table, as Temporal says it', () => {
  const held = { kind: 'pull', intervals: 0, rows: 0, newest: null };
  const tables = [
    { ...held, table: 'a', nextSlot: '1970-01-01T00:08:00Z', paused: null },
    { ...held, table: 'b', nextSlot: null, paused: 'holidays' },
  ];
  expect(cardOf(at, tables, 0)).toContain(
    'Next slots    a at 1970-01-01T00:08:00Z (in 8 min), b paused: holidays\n',
  );
});
