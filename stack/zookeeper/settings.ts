import { homePaths } from '../home.ts';
import type { Home } from '../home.ts';
import { LOOPBACK } from '../net.ts';

/** What holds wherever it runs. */
export const ZOOKEEPER_SETTINGS = {
  tickTime: 2000,
  'admin.enableServer': false,
  'autopurge.purgeInterval': 1,
  '4lw.commands.whitelist': 'ruok',
} as const;

export const ZOOKEEPER_HEAP = '256m';

/** zoo.cfg with this home's address and folder. */
export function zookeeperProperties({ dir, ports }: Home) {
  return {
    ...ZOOKEEPER_SETTINGS,
    dataDir: homePaths(dir).state('zookeeper'),
    clientPort: ports.zookeeper,
    clientPortAddress: LOOPBACK,
  };
}
