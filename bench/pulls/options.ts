import { parseArgs } from 'node:util';
import type { Limit } from './share.ts';

/** What `npm run bench:pulls --` takes. */
export interface Options {
  pages: number;
  /** Rows of a page. */
  rows: number;
  rounds: number;
  /** dlt is slow: it has fewer rounds. */
  dltRounds: number;
  /** Names of competitors; undefined: all. */
  only: string[] | undefined;
  parts: Part[];
  limit: Limit;
  /** Rows of a page where requests are limited: so few that the limit, and not MariaDB, is what holds up. */
  limitRows: number;
  /** Nothing is kept of it. */
  isTrial: boolean;
}

/** With a limit of requests, or without one. */
export type Part = 'free' | 'limited';

/** Reads the options of the command line. @throws naming one that is unknown, or no number */
export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      pages: { type: 'string', default: '1000' },
      rows: { type: 'string', default: '1000' },
      rounds: { type: 'string', default: '3' },
      'dlt-rounds': { type: 'string', default: '1' },
      only: { type: 'string' },
      trial: { type: 'boolean', default: false },
      'free-only': { type: 'boolean', default: false },
      'limit-only': { type: 'boolean', default: false },
      'limit-per-second': { type: 'string', default: '50' },
      'limit-capacity': { type: 'string', default: '50' },
      'limit-rows': { type: 'string', default: '100' },
    },
  });
  return {
    pages: whole('pages', values.pages),
    rows: whole('rows', values.rows),
    rounds: whole('rounds', values.rounds),
    dltRounds: whole('dlt-rounds', values['dlt-rounds']),
    only: values.only?.split(','),
    parts: [
      ...(values['limit-only'] ? [] : (['free'] as const)),
      ...(values['free-only'] ? [] : (['limited'] as const)),
    ],
    limit: {
      perSecond: whole('limit-per-second', values['limit-per-second']),
      capacity: whole('limit-capacity', values['limit-capacity']),
    },
    limitRows: whole('limit-rows', values['limit-rows']),
    isTrial: values.trial,
  };
}

function whole(name: string, text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new Error(`--${name}: '${text}' received, expected a whole number from 1 on`);
}
