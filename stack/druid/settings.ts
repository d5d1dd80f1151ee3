import { homePaths } from '../home.ts';
import type { Home } from '../home.ts';
import { LOOPBACK } from '../net.ts';
import type { PortName } from '../ports.ts';

/** Five roles, each a JVM of its own; the coordinator is the overlord as well. */
export const DRUID_ROLES = ['coordinator', 'broker', 'historical', 'indexer', 'router'] as const;
export type DruidRole = (typeof DRUID_ROLES)[number];

export const DRUID_PORTS = {
  coordinator: 'druidCoordinator',
  broker: 'druidBroker',
  historical: 'druidHistorical',
  indexer: 'druidIndexer',
  router: 'druidRouter',
} as const satisfies Record<DruidRole, PortName>;

/** Heap and direct memory. */
export const DRUID_MEMORY: Record<DruidRole, { heap: string; direct: string }> = {
  coordinator: { heap: '256m', direct: '128m' },
  broker: { heap: '384m', direct: '256m' },
  historical: { heap: '256m', direct: '256m' },
  indexer: { heap: '768m', direct: '512m' },
  router: { heap: '128m', direct: '128m' },
};

/** What all roles share, wherever they run. */
export const DRUID_COMMON_SETTINGS = {
  // Else every role listens on all addresses.
  'druid.bindOnHost': true,
  // The extensions are found on the class path.
  'druid.extensions.loadList': '[]',
  'druid.zk.paths.base': '/druid',
  'druid.metadata.storage.type': 'derby',
  'druid.storage.type': 'local',
  'druid.indexer.logs.type': 'file',
  'druid.emitter': 'noop',
  'druid.selectors.indexing.serviceName': 'druid/overlord',
  'druid.selectors.coordinator.serviceName': 'druid/coordinator',
  'druid.startup.logging.logProperties': false,
  // Else a role that starts before the coordinator waits 60 s before it asks for lookups a second time.
  'druid.lookup.enableLookupSyncOnStartup': false,
} as const;

const PROCESSING = {
  'druid.processing.buffer.sizeBytes': '25MiB',
  'druid.processing.numMergeBuffers': 2,
  'druid.processing.numThreads': 1,
} as const;

/** What each role adds. */
export const DRUID_ROLE_SETTINGS: Record<DruidRole, Readonly<Record<string, string | number | boolean>>> = {
  coordinator: {
    'druid.service': 'druid/coordinator',
    'druid.coordinator.asOverlord.enabled': true,
    'druid.coordinator.asOverlord.overlordService': 'druid/overlord',
    'druid.coordinator.period': 'PT5S',
    'druid.coordinator.startDelay': 'PT5S',
    'druid.indexer.queue.startDelay': 'PT1S',
    'druid.indexer.runner.type': 'remote',
    'druid.indexer.storage.type': 'metadata',
  },
  broker: {
    'druid.service': 'druid/broker',
    // How long SQL does not know a field after the first event that carries it; a minute by default.
    'druid.sql.planner.metadataRefreshPeriod': 'PT5S',
    ...PROCESSING,
  },
  historical: { 'druid.service': 'druid/historical', ...PROCESSING },
  indexer: {
    'druid.service': 'druid/indexer',
    // A stream needs 2 × tasks × replicas while its tasks roll over: enough for four of one task.
    'druid.worker.capacity': 8,
    'druid.worker.globalIngestionHeapLimitBytes': 200_000_000,
    'druid.worker.numConcurrentMerges': 1,
    ...PROCESSING,
  },
  router: { 'druid.service': 'druid/router', 'druid.router.managementProxy.enabled': true },
};

/** common.runtime.properties with this home's addresses and folders. */
export function druidCommonProperties({ dir, ports }: Home) {
  const state = homePaths(dir).state('druid');
  return {
    ...DRUID_COMMON_SETTINGS,
    'druid.host': LOOPBACK,
    'druid.zk.service.host': `${LOOPBACK}:${ports.zookeeper}`,
    'druid.extensions.directory': `${state}/extensions`,
    'druid.metadata.storage.connector.connectURI': `jdbc:derby://${LOOPBACK}:${ports.druidDerby}/${state}/metadata.db;create=true`,
    'druid.metadata.storage.connector.host': LOOPBACK,
    'druid.metadata.storage.connector.port': ports.druidDerby,
    'druid.storage.storageDirectory': `${state}/segments`,
    'druid.indexer.logs.directory': `${state}/task-logs`,
  };
}

/** runtime.properties of one role. */
export function druidRoleProperties({ dir, ports }: Home, role: DruidRole) {
  const state = homePaths(dir).state('druid');
  const cache = [{ path: `${state}/segment-cache`, maxSize: '20g' }];
  return {
    ...DRUID_ROLE_SETTINGS[role],
    'druid.plaintextPort': ports[DRUID_PORTS[role]],
    ...(role === 'historical' ? { 'druid.segmentCache.locations': JSON.stringify(cache) } : {}),
    ...(role === 'indexer' ? { 'druid.indexer.task.baseDir': `${state}/tasks` } : {}),
  };
}
