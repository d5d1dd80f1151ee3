import { ensureCached } from '../cache.ts';
import type { Report } from '../cache.ts';
import { jarEntry } from '../maven.ts';
import { VERSIONS } from '../server.ts';

const JARS = jarEntry({
  name: 'druid',
  version: VERSIONS.druid,
  artifacts: [
    `org.apache.druid:druid-services:${VERSIONS.druid}`,
    `org.apache.druid.extensions:druid-kafka-indexing-service:${VERSIONS.druid}`,
    `org.apache.druid.extensions:druid-datasketches:${VERSIONS.druid}`,
  ],
  // Machine statistics by a native library that is not on Maven Central.
  exclude: ['org.hyperic:sigar'],
});

/** Druid's jars, with which ZooKeeper's come. */
export function fetchDruid(cache: string, report: Report): Promise<string> {
  return ensureCached(cache, JARS, report);
}
