import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ENV_PATTERN } from './names.ts';
import { privateHostsProblem } from './private-hosts.ts';

const port = z.coerce.number().int().min(1).max(65535);
/** A file on this machine: the certificate of the authority that signed a server's. */
const certificateFile = z.string().refine(isReadable, 'is not a file that can be read').optional();
const flag = z.stringbool({ truthy: ['1', 'true', 'yes'], falsy: ['0', 'false', 'no', ''] });

/**
 * Every setting, by its environment variable. Precedence: environment, then `.env` of the project, then what this
 * machine made for itself (addresses and generated passwords), then the default here.
 */
export const SETTINGS = z.object({
  MILLRACE_ENV: z
    .string()
    .regex(ENV_PATTERN, 'must be lower-case letters and digits, at most 20, starting with a letter')
    .default('dev'),
  MILLRACE_PIPELINES: z.string().default('pipelines'),
  MILLRACE_DASHBOARDS: z.string().default('superset'),
  MILLRACE_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),

  /** Hosts and networks that pulls may ask although they are not public. Looked up again at each request. */
  MILLRACE_PRIVATE_HOSTS: z
    .string()
    .refine((text) => privateHostsProblem(text) === undefined, {
      error: ({ input }) => privateHostsProblem(String(input)),
    })
    .optional(),

  /** Temporal's web UI, for the addresses that are printed. */
  MILLRACE_TEMPORAL_UI_URL: z.url().default('http://127.0.0.1:8233'),

  MILLRACE_KAFKA_BROKERS: z.string().default('127.0.0.1:9092'),
  MILLRACE_KAFKA_TLS: flag.default(false),
  MILLRACE_KAFKA_CA: certificateFile,
  MILLRACE_KAFKA_SASL: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).optional(),
  MILLRACE_KAFKA_USERNAME: z.string().optional(),
  MILLRACE_KAFKA_PASSWORD: z.string().optional(),
  /** What Druid's own consumer must use, where it reaches Kafka under another address. */
  MILLRACE_KAFKA_BROKERS_FOR_DRUID: z.string().optional(),
  /** The variable of Druid's own environment that holds its login for Kafka: then no spec holds the password. */
  MILLRACE_KAFKA_JAAS_VARIABLE_FOR_DRUID: z
    .string()
    .regex(/^[A-Za-z_]\w*$/, 'must be the name of a variable in the environment of Druid')
    .optional(),

  MILLRACE_DRUID_URL: z.url().default('http://127.0.0.1:8888'),
  MILLRACE_DRUID_USERNAME: z.string().optional(),
  MILLRACE_DRUID_PASSWORD: z.string().optional(),
  MILLRACE_DRUID_CA: certificateFile,
  /** Base URL of the tasks, where the address that Druid gives for them is not reachable from here. */
  MILLRACE_DRUID_TASKS_URL: z.url().optional(),

  MILLRACE_MARIADB_HOST: z.string().default('127.0.0.1'),
  MILLRACE_MARIADB_PORT: port.default(3306),
  MILLRACE_MARIADB_TLS: flag.default(false),
  MILLRACE_MARIADB_CA: certificateFile,
  /** The worker's user: reads and writes rows, no DDL. */
  MILLRACE_MARIADB_USER: z.string().default('millrace'),
  MILLRACE_MARIADB_PASSWORD: z.string().default(''),
  /** apply's user: makes schemas, tables and views. */
  MILLRACE_MARIADB_ADMIN_USER: z.string().default('millrace_admin'),
  MILLRACE_MARIADB_ADMIN_PASSWORD: z.string().default(''),
  /** Superset's user: may only SELECT. */
  MILLRACE_MARIADB_READER_USER: z.string().default('millrace_reader'),
  MILLRACE_MARIADB_READER_PASSWORD: z.string().default(''),

  /** Empty: no Superset is provisioned. */
  MILLRACE_SUPERSET_URL: z.union([z.url(), z.literal('')]).default('http://127.0.0.1:8088'),
  MILLRACE_SUPERSET_USERNAME: z.string().default('admin'),
  MILLRACE_SUPERSET_PASSWORD: z.string().default(''),
  /** How Superset reaches the two databases, where that differs from how we do. */
  MILLRACE_SUPERSET_MARIADB_ADDRESS: z.string().optional(),
  MILLRACE_SUPERSET_DRUID_ADDRESS: z.string().optional(),
  /** The certificates' files as Superset's machine has them, where they lie elsewhere there. */
  MILLRACE_SUPERSET_MARIADB_CA: z.string().optional(),
  MILLRACE_SUPERSET_DRUID_CA: z.string().optional(),
});

export type Settings = z.infer<typeof SETTINGS>;

function isReadable(file: string): boolean {
  try {
    readFileSync(file);
    return true;
  } catch {
    return false;
  }
}
