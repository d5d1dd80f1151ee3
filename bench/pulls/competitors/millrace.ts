import { identifier } from '../../../src/clients/mariadb.ts';
import { liveEnv } from '../../../test/support/live-env.ts';
import { ordersPull, TABLE } from '../definitions.ts';
import { DAY } from '../rows.ts';
import type { Competitor } from './competitor.ts';

/** An env of its own with a worker; a run of one interval is started, as a person would, and waited for. */
export const millrace: Competitor = {
  name: 'millrace',
  async open({ vendorUrl, setting: { rows, limit } }) {
    const definition = ordersPull({ rows, ...(limit === undefined ? {} : { perSecond: limit.perSecond }) });
    const env = await liveEnv('pulls', { 'orders.ts': definition });
    try {
      await env.apply();
      const worker = await env.worker({ variables: { VENDOR_URL: vendorUrl } });
      return {
        pid: worker.child.pid,
        pull: async () => {
          const run = await env.start({ table: TABLE, interval: DAY.start });
          await run.result();
        },
        table: identifier(env.names.schema, TABLE),
        customer: 'customer',
        close: () => env.close(),
      };
    } catch (error) {
      await env.close();
      throw error;
    }
  },
};
