import { connectMariaDb, type Database } from '../clients/mariadb.ts';
import type { Config } from '../config.ts';
import type { Definition } from '../definition/definition.ts';
import { namesFor } from '../names.ts';
import { catalogueIn } from '../store/catalogue.ts';
import { diffByFields } from '../targets/difference.ts';
import type {
  Desired,
  Difference,
  Fields,
  Known,
  Live,
  Owned,
  Recorded,
  Step,
  Target,
} from '../targets/target.ts';
import { objectOf } from './check-sql/problem.ts';
import { factsGiven, hashesOf } from './hashes.ts';
import { reshapingRefusal } from './reshaped.ts';

interface DesiredEntry extends Desired {
  definition: Definition;
}

interface LiveEntry extends Live {
  definition: Definition;
}

/** The applied definitions: what workers run. Facts that have their default are no difference. */
export function openCatalogue(config: Config): Target<DesiredEntry, LiveEntry> {
  const names = namesFor(config.env);
  const db = connectMariaDb(config.mariadb, config.mariadb.worker, { connections: 1 });
  const catalogue = catalogueIn(db, names);
  return {
    system: 'catalogue',
    isOwnRecord: true,
    desired: desiredEntries,
    live: async () => ((await isThere(db, names.storeSchema)) ? liveEntries(catalogue) : new Map()),
    diff: diffEntries,
    carryOut: async ({ action, desired, live }) => {
      if (action === 'retire' && live !== undefined) await catalogue.retire(live.definition.name);
      else if (desired !== undefined) {
        await catalogue.put([{ definition: desired.definition, ...hashesOf(desired.definition) }]);
      }
      return undefined;
    },
    foreign: (object) => `The catalogue already has '${object}'.`,
    close: () => db.close(),
  };
}

/** Streams first: a rollup that runs finds what it reads. */
function desiredEntries({ definitions }: Known): DesiredEntry[] {
  const all = [...definitions.values()];
  const isStream = ({ kind }: Definition) => kind === 'stream';
  return [...all.filter(isStream), ...all.filter((definition) => !isStream(definition))].map(
    (definition) => ({
      object: objectOf(definition),
      fields: fieldsOf(definition),
      definition,
    }),
  );
}

async function isThere(db: Database, schema: string): Promise<boolean> {
  const sql = "SELECT 1 FROM information_schema.tables WHERE table_schema = ? AND table_name = 'applied'";
  return (await db.query(sql, [schema])).length > 0;
}

async function liveEntries(
  catalogue: ReturnType<typeof catalogueIn>,
): Promise<ReadonlyMap<string, LiveEntry>> {
  const applied = [...(await catalogue.all()).values()];
  return new Map(
    applied.map(({ definition }) => [
      objectOf(definition),
      { fields: fieldsOf(definition), definition, mark: 'ours' },
    ]),
  );
}

function diffEntries(
  desired: readonly DesiredEntry[],
  live: ReadonlyMap<string, LiveEntry>,
  _owned: Owned,
): Step<DesiredEntry, LiveEntry>[] {
  const before = new Map([...live.values()].map(({ definition }) => [definition.name, definition]));
  return diffByFields('catalogue', desired, live, recordOf(live)).map((step) => {
    const { definition } = step.desired ?? {};
    const applied = definition && before.get(definition.name);
    const refusal = applied && definition && reshapingRefusal(applied, definition);
    const differences = step.differences.map((one): Difference =>
      definition && isShownByServer(definition, one) ? { ...one, isEcho: true } : one,
    );
    return { ...step, differences, ...(refusal === undefined ? {} : { refusal }) };
  });
}

/** The columns that fields become, and the SQL of a view, stand on the lines of the servers that hold them. */
function isShownByServer({ kind }: Definition, { path: [, fact] }: Difference): boolean {
  return kind === 'view' ? fact === 'sql' : kind !== 'external' && fact === 'fields';
}

/** What is applied is itself the record of what was applied. */
function recordOf(live: ReadonlyMap<string, LiveEntry>): Owned {
  return new Map(
    [...live].map(([object, { fields }]): [string, Recorded] => [
      object,
      { hash: 'applied', made: { fields, unseen: {}, learned: {} } },
    ]),
  );
}

function fieldsOf(definition: Definition): Fields {
  return { facts: factsGiven(definition) };
}
