import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { PACKAGE_DIR } from '../../src/package.ts';

/** Seconds, as docker-compose.yml writes them. */
const seconds = z
  .string()
  .regex(/^\d+s$/)
  .transform((text) => Number.parseInt(text, 10));

/** What a service may say. All else is refused by name: privileged, network_mode, a second way to set a port … */
const SERVICE = z.strictObject({
  image: z.string().optional(),
  build: z.string().optional(),
  entrypoint: z.array(z.string()).optional(),
  command: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  init: z.literal(true).optional(),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.literal('service_healthy') })).default({}),
  ports: z.array(z.string()).min(1),
  volumes: z.array(z.string()).min(1),
  stop_grace_period: seconds,
  healthcheck: z.strictObject({
    test: z.tuple([z.enum(['CMD', 'CMD-SHELL'])]).rest(z.string()),
    interval: seconds,
    timeout: seconds,
    retries: z.int(),
    start_period: seconds,
  }),
});

const COMPOSE_FILE = z.object({
  services: z.record(z.string(), SERVICE),
  volumes: z.record(z.string(), z.null()),
});

export type ComposeService = z.infer<typeof SERVICE>;

/** docker-compose.yml with its anchors resolved and its variables as they are written. */
export function readComposeFile(): z.infer<typeof COMPOSE_FILE> {
  const text = readFileSync(path.join(PACKAGE_DIR, 'docker-compose.yml'), 'utf8');
  return COMPOSE_FILE.parse(parse(text, { merge: true }));
}

/** `${NAME:-default}`, `${NAME:?message}` and `$$` as compose replaces them. */
export function interpolate(text: string, variables: Readonly<Record<string, string | undefined>>): string {
  return text.replace(
    /\$\$|\$\{(\w+):([-?])([^}]*)\}/g,
    (whole, name: string, operator: string, rest: string) => {
      if (whole === '$$') return '$';
      const value = variables[name];
      if (value) return value;
      if (operator === '?') throw new Error(`${name}: ${rest}`);
      return rest;
    },
  );
}
