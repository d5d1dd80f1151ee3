import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { processVariables } from '../src/config.ts';
import { MillraceError } from '../src/errors.ts';
import type { CacheEntry } from './cache.ts';
import { runLogged } from './run.ts';

/** A server that is published as jars: `group:artifact:version`, and what to leave out (`group:artifact`). */
export interface JarSet {
  name: string;
  version: string;
  artifacts: readonly string[];
  exclude?: readonly string[];
}

const PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
const TIMEOUT_MS = 15 * 60_000;

/** The jars of a server and of all it depends on, in one folder of the cache. */
export function jarEntry(jars: JarSet): CacheEntry {
  const hash = createHash('sha256').update(renderPom(jars)).digest('hex').slice(0, 8);
  return {
    name: `${jars.name}-${jars.version}-${hash}`,
    title: `${jars.name} ${jars.version}`,
    fetch: async (dir, report) => {
      report(`  ${jars.name} ${jars.version}: fetching its jars`);
      await copyJars(jars, dir);
    },
  };
}

/** The pom that names the artifacts. */
export function renderPom(jars: JarSet): string {
  const excluded = (jars.exclude ?? []).map((name) => `<exclusion>${coordinates(name)}</exclusion>`).join('');
  const exclusions = excluded === '' ? '' : `<exclusions>${excluded}</exclusions>`;
  const dependencies = jars.artifacts.map(
    (name) => `    <dependency>${coordinates(name)}${exclusions}</dependency>`,
  );
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>millrace</groupId><artifactId>${jars.name}-jars</artifactId><version>${jars.version}</version>
  <packaging>pom</packaging>
  <dependencies>
${dependencies.join('\n')}
  </dependencies>
</project>
`;
}

/** `group:artifact` or `group:artifact:version`, as Maven writes it. */
function coordinates(name: string): string {
  const [group, artifact, version] = name.split(':');
  const ids = `<groupId>${group}</groupId><artifactId>${artifact}</artifactId>`;
  return version === undefined ? ids : `${ids}<version>${version}</version>`;
}

/**
 * Sends every repository but Maven Central to an empty folder: poms of dependencies name further ones, and one
 * that cannot be reached fails the whole build.
 */
export function renderSettings(emptyDir: string): string {
  const mirror = `<mirror><id>none</id><mirrorOf>*,!central</mirrorOf><url>file://${emptyDir}</url></mirror>`;
  return `<settings><mirrors>${mirror}</mirrors></settings>\n`;
}

async function copyJars(jars: JarSet, dir: string): Promise<void> {
  // Maven skips a file that exists, and after an interruption it may be half a jar: begin with an empty folder.
  // A repository of its own, dropped afterwards: two Mavens that share one can damage it.
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir);
  const work = mkdtempSync(path.join(path.dirname(dir), `maven-${jars.name}-`));
  try {
    mkdirSync(path.join(work, 'empty'));
    writeFileSync(path.join(work, 'pom.xml'), renderPom(jars));
    writeFileSync(path.join(work, 'settings.xml'), renderSettings(path.join(work, 'empty')));
    const args = ['-B', '-ntp', '-s', 'settings.xml', PLUGIN, '-DincludeScope=runtime'];
    await runLogged(
      'mvn',
      [...args, `-DoutputDirectory=${dir}`, `-Dmaven.repo.local=${work}/repository`],
      path.join(path.dirname(dir), 'log', `${jars.name}.log`),
      { cwd: work, env: processVariables(), timeoutMs: TIMEOUT_MS },
    );
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  assertJars(jars, dir);
}

/** Every artifact that was asked for is there. */
function assertJars(jars: JarSet, dir: string): void {
  const files = new Set(readdirSync(dir));
  const missing = jars.artifacts
    .map((name) => name.split(':').slice(1).join('-'))
    .filter((name) => !files.has(`${name}.jar`));
  if (missing.length > 0) {
    throw new MillraceError(
      'STACK_SERVER_FAILED',
      `Maven reported success, but ${missing.join(', ')} did not arrive in ${dir}; remove that folder and try again.`,
    );
  }
}
