import { Duration } from 'luxon';
import { fingerprintOf } from '../secret.ts';
import type { Fields } from '../target.ts';

/** Where the password for Kafka stands in a spec. */
const SECRET_KEYS = new Set(['sasl.jaas.config']);
/** By setting, the name of a variable that holds it in Druid's environment: no secret. */
const VARIABLES = 'variables';

/**
 * A supervisor's spec as it is compared, ours and Druid's own alike: Druid gives back durations in seconds,
 * granularities as objects or in capitals, and each dimension with its defaults.
 * @param id salts the fingerprint of the password for Kafka
 */
export function specFields(answer: unknown, id: string): Fields {
  const { spec, context } = asObject(answer);
  const { dataSchema, ioConfig, tuningConfig } = asObject(spec);
  const { dimensionsSpec, granularitySpec, ...schema } = asObject(dataSchema);
  return {
    dataSchema: normal(schema, id),
    dimensions: Object.fromEntries(
      asList(asObject(dimensionsSpec)['dimensions']).map((dimension) => {
        const { name, type } = asObject(dimension);
        return [String(name ?? dimension), type ?? 'string'];
      }),
    ),
    dimensionsSpec: { useSchemaDiscovery: asObject(dimensionsSpec)['useSchemaDiscovery'] ?? false },
    granularitySpec: Object.fromEntries(
      Object.entries(asObject(granularitySpec)).map(([key, value]) => [key, granularity(value)]),
    ),
    ioConfig: normal(ioConfig, id),
    tuningConfig: normal(tuningConfig, id),
    context: normal(context, id),
  };
}

function normal(value: unknown, id: string): unknown {
  if (Array.isArray(value)) return value.map((part) => normal(part, id));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, part]) => {
        if (key === VARIABLES) return [key, part];
        return [key, SECRET_KEYS.has(key) ? fingerprintOf(String(part), id) : normal(part, id)];
      }),
    );
  }
  return typeof value === 'string' && /^P(T?\d)/.test(value) ? seconds(value) : value;
}

function seconds(text: string): string {
  const duration = Duration.fromISO(text);
  return duration.isValid ? `PT${duration.as('seconds')}S` : text;
}

/** `day`, `DAY` and `{ type: 'day' }` are the same. */
function granularity(value: unknown): unknown {
  if (typeof value === 'string') return value.toLowerCase();
  const { type, ...rest } = asObject(value);
  return typeof type === 'string' && Object.keys(rest).length === 0 ? type.toLowerCase() : value;
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
