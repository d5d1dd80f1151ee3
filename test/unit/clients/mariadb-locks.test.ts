import { expect, it } from 'vitest';
import type { Database, Row } from '../../../src/clients/mariadb.ts';
import { lockHolders, noteOwnSession } from '../../../src/clients/mariadb-locks.ts';

const SQL = 'ALTER TABLE `millrace_dev`.`readings` ADD COLUMN x INT';

/** A login that sees these sessions and, where the plugin is there, these holders of the table. */
function login(sessions: Row[], holders?: string[]): Database {
  const query = async (sql: string): Promise<Row[]> => {
    if (!sql.includes('metadata_lock_info')) return sessions;
    if (holders === undefined) throw new Error("Unknown table 'metadata_lock_info'");
    return holders.map((id) => ({ id }));
  };
  return { query } as Database;
}

const session = (id: string, command: string, time: number, info: string | null = null): Row => ({
  id,
  user: 'superset',
  host: 'bi:1',
  command,
  time,
  info,
});

it('where MariaDB tells it, the holder alone is named, whether a login may see its session or not', async () => {
  const seen = login([session('7', 'Sleep', 90), session('8', 'Sleep', 99)], ['7', '4']);
  const text = await lockHolders([seen], SQL);
  expect(text).toMatch(/^It is held by session 7 \(superset at bi:1, idle for 90 s\), session 4\. /);
  expect(text).toContain('KILL 7, or KILL 4');
  expect(text).not.toContain('session 8');
});

it('else those that were there before are named: who works on the table, who works, who is idle the longest', async () => {
  const text = await lockHolders(
    [
      login([session('1', 'Sleep', 20), session('2', 'Sleep', 60), session('3', 'Query', 3)]),
      login([session('4', 'Query', 30, 'SELECT 1'), session('5', 'Query', 20, 'SELECT * FROM readings')]),
    ],
    SQL,
  );
  expect([...text.matchAll(/session (\d)/g)].map(([, id]) => id)).toEqual(['5', '4', '2', '1']);
  expect(text).toMatch(/^It may be held by session 5 \(superset at bi:1, at work for 20 s\), /);
});

it('idle sessions of this process are none that hold anything; with nobody else to see it says who sees all', async () => {
  noteOwnSession(41);
  const text = await lockHolders([login([session('41', 'Sleep', 60)])], SQL);
  expect(text).toBe(
    'No session that our logins may see was there before. Who has the right PROCESS sees every session: SHOW FULL PROCESSLIST.',
  );
  expect(await lockHolders([login([session('41', 'Query', 60)])], SQL)).toContain('KILL 41');
});
