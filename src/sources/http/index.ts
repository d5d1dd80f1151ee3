import { columnNamed } from '../../definition/table-row.ts';
import type { OutsideDeps } from '../../load/deps.ts';
import type { Source } from '../../load/source.ts';
import { HTTP_FACTS, type HttpFacts } from './facts.ts';
import { textsIn } from './json-body.ts';
import { columnsIn } from '../placeholders.ts';
import { readHttp, type HttpOptions } from './options.ts';
import { secretsIn } from './secrets.ts';

/** HTTP, page by page: GET, or POST with a JSON body. */
export const http: Source<HttpOptions, HttpFacts, OutsideDeps> = {
  read: readHttp,
  facts: HTTP_FACTS,
  secrets: secretsIn,
  // In a body a column stands for all of a text.
  columns: ({ url, query, json = {} }) =>
    columnsIn([url, ...Object.values(query), ...textsIn(json).filter(columnNamed)]),
  atOnce: ({ budget }) => budget?.atOnce ?? 1,
  open: async () => (await import('./rows.ts')).rows,
};
