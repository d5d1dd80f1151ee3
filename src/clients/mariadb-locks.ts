/** How long a statement waits for a table that another session uses, in seconds; all who come after it wait as long. */
export const TABLE_LOCK_SECONDS = 15;

/** How long it waits for rows that another transaction holds. */
export const ROW_LOCK_SECONDS = 30;

const SHOWN = 5;

/** The newest sessions that this process opened, by MariaDB's numbers: while one of them is idle it holds nothing. */
const ownSessions = new Set<string>();
const OWN_REMEMBERED = 1_000;

/** Told of each session that this process opens. */
export function noteOwnSession(id: number): void {
  ownSessions.add(String(id));
  const [oldest] = ownSessions;
  if (ownSessions.size > OWN_REMEMBERED && oldest !== undefined) ownSessions.delete(oldest);
}

/** A login to MariaDB that can be asked. */
interface Asked {
  query(sql: string, values?: readonly string[]): Promise<Record<string, unknown>[]>;
}

/** A session of MariaDB, as far as a login may see it. */
interface Session {
  id: string;
  who: string;
  isIdle: boolean;
  seconds: number;
  /** Its statement names the table. */
  namesTable: boolean;
}

/**
 * Who holds the lock that a statement waited for, as a sentence with what to do. MariaDB tells it exactly where its
 * plugin `metadata_lock_info` is installed; else those are named who were there before the wait began, as each login
 * sees them: without the right PROCESS only sessions of its own user.
 */
export async function lockHolders(logins: readonly Asked[], sql: string): Promise<string> {
  const [schema, table] = tableIn(sql);
  const seen = new Map<string, Session>();
  let holders: Set<string> | undefined;
  for (const login of logins) {
    for (const one of await sessions(login, table)) seen.set(one.id, one);
    holders ??= await exactHolders(login, schema, table);
  }
  if (holders !== undefined && holders.size > 0) {
    const named = [...holders].map((id) => described(seen.get(id) ?? id));
    return `It is held by ${named.join(', ')}. ${remedy([...holders])}`;
  }
  const suspects = [...seen.values()].filter(isSuspect).sort(likeliest);
  if (suspects.length === 0) return `No session that our logins may see was there before. ${ASK}`;
  const rest = suspects.length > SHOWN ? ` and ${suspects.length - SHOWN} more` : '';
  const named = suspects.slice(0, SHOWN);
  return `It may be held by ${named.map(described).join(', ')}${rest}. ${remedy(named.map(({ id }) => id))} ${ASK}`;
}

const ASK = 'Who has the right PROCESS sees every session: SHOW FULL PROCESSLIST.';

function isSuspect({ id, isIdle, seconds }: Session): boolean {
  return seconds >= TABLE_LOCK_SECONDS - 1 && !(isIdle && ownSessions.has(id));
}

function remedy(ids: string[]): string {
  const kill = ids.map((id) => `KILL ${id}`).join(', or ');
  return `Have it end its transaction, or end the session (${kill}); then try again, as a worker does by itself.`;
}

/** The first `schema`.`table` that a statement of ours names. */
function tableIn(sql: string): [schema: string, table: string] {
  const [, schema = '', table = ''] = /`([^`]+)`\.`([^`]+)`/.exec(sql) ?? [];
  return [schema, table];
}

async function sessions(on: Asked, table: string): Promise<Session[]> {
  const rows = await on.query(
    `SELECT id, user, host, command, time, info FROM information_schema.processlist
     WHERE id <> CONNECTION_ID() AND command <> 'Daemon' AND COALESCE(state, '') NOT LIKE 'Waiting for table%'`,
  );
  return rows.map((row) => sessionOf(row, table));
}

function sessionOf({ id, user, host, command, time, info }: Record<string, unknown>, table: string): Session {
  return {
    id: String(id),
    who: `${String(user)} at ${String(host)}`,
    isIdle: command === 'Sleep',
    seconds: Number(time),
    namesTable: table !== '' && typeof info === 'string' && info.includes(table),
  };
}

/** Undefined where the plugin is not there. */
async function exactHolders(on: Asked, schema: string, table: string): Promise<Set<string> | undefined> {
  try {
    const rows = await on.query(
      'SELECT thread_id AS id FROM information_schema.metadata_lock_info WHERE table_schema = ? AND table_name = ?',
      [schema, table],
    );
    return new Set(rows.map(({ id }) => String(id)));
  } catch {
    return undefined;
  }
}

/** Who runs a statement on the table first, then who runs any, then who is idle the longest. */
function likeliest(a: Session, b: Session): number {
  const rank = ({ namesTable, isIdle }: Session) => Number(isIdle) - Number(namesTable);
  return rank(a) - rank(b) || b.seconds - a.seconds;
}

function described(session: Session | string): string {
  if (typeof session === 'string') return `session ${session}`;
  const { id, who, isIdle, seconds } = session;
  return `session ${id} (${who}, ${isIdle ? 'idle' : 'at work'} for ${seconds} s)`;
}
