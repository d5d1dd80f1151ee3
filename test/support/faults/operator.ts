import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import { stateDir, type Overrides } from '../../../src/config.ts';
import { millrace } from '../as-user.ts';
import { waitUntil } from '../wait-until.ts';

const status = z.object({ problems: z.array(z.string()) });

/** Somebody who asks `millrace status` and `millrace balance` in processes of their own, past the proxies. */
export interface Operator {
  /** What is wrong now. */
  problems(): Promise<string[]>;
  /**
   * Waits until such a problem is. @returns it and the seconds that took, which are more than was allowed where the look
   * itself was slow; undefined when the time was over
   */
  sees(sign: RegExp, withinMs: number): Promise<{ problem: string; seconds: number } | undefined>;
  /** Waits until nothing is. @returns the seconds that took @throws with what is wrong still */
  seesNothing(withinMs: number): Promise<number>;
  /** What `millrace balance` prints of a stream, with its exit code. */
  balance(stream: string): Promise<{ code: number | null; text: string }>;
}

/** @param home an empty folder: the servers are those of another machine to this operator */
export function operator(env: string, addresses: Overrides, home: string): Operator {
  const file = path.join(stateDir(), 'stack.env');
  const variables = {
    ...(existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {}),
    ...addresses,
    MILLRACE_HOME: home,
  };
  const problems = async () => {
    const { stdout, stderr } = await millrace(['status', '--json', '--env', env], variables);
    if (stdout === '') throw new Error(`millrace status said nothing: ${stderr}`);
    return status.parse(JSON.parse(stdout)).problems;
  };
  return {
    problems,
    async sees(sign, withinMs) {
      const began = Date.now();
      while (Date.now() - began < withinMs) {
        const problem = (await problems()).find((one) => sign.test(one));
        if (problem !== undefined) return { problem, seconds: secondsSince(began) };
      }
      return undefined;
    },
    async seesNothing(withinMs) {
      const began = Date.now();
      let seen: string[] = [];
      await waitUntil(async () => (seen = await problems()).length === 0, {
        timeoutMs: withinMs,
        saw: () => seen.join('\n'),
      });
      return secondsSince(began);
    },
    async balance(stream) {
      const { code, stdout, stderr } = await millrace(['balance', stream, '--env', env], variables);
      return { code, text: `${stdout}${stderr}` };
    },
  };
}

function secondsSince(began: number): number {
  return Math.round((Date.now() - began) / 100) / 10;
}
