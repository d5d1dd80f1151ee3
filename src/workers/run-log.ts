import { messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { RunLog } from '../store/run-log.ts';
import { repeatedly, type Repeated } from './repeatedly.ts';

const EVERY_MS = 500;

/** Writes what runs say, twice a second; `stop` writes what is left. A store that cannot take it holds no load up. */
export function startWriting(runLog: Pick<RunLog, 'flush'>, log: Pick<Log, 'warn' | 'info'>): Repeated {
  let isFailing = false;
  const write = async () => {
    try {
      const dropped = await runLog.flush();
      if (dropped > 0) log.warn({ dropped }, 'lines of the log of runs are lost');
      if (isFailing) log.info({}, 'the log of runs is written again');
      isFailing = false;
    } catch (error) {
      if (!isFailing) log.warn({ error: messageOf(error) }, 'the log of runs cannot be written; loads go on');
      isFailing = true;
    }
  };
  const writing = repeatedly(write, { everyMs: EVERY_MS, onError: () => undefined });
  return {
    async stop() {
      await writing.stop();
      await write();
    },
  };
}
