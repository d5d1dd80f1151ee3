import type { TableDefinition } from '../../definition/definition.ts';
import type { ErrorCode } from '../../errors.ts';
import type { stagingOf } from '../../store/staging.ts';
import type { LoadDeps } from '../deps.ts';
import type { Load } from '../messages.ts';

/** What staged rows must hold. */
export interface Check {
  code: ErrorCode;
  /** What is wrong, naming a row; undefined where nothing is. */
  problem(staged: StagedRows): Promise<string | undefined>;
}

/** The rows of a load before anything of them is seen. */
export interface StagedRows {
  db: LoadDeps['db'];
  staging: ReturnType<typeof stagingOf>;
  definition: TableDefinition;
  load: Load;
  /** How many there have to be. */
  rows: number;
}
