import { processVariables } from '../src/config.ts';
import type { Report } from './cache.ts';
import type { Home } from './home.ts';
import type { PortName } from './ports.ts';
import versions from './versions.json' with { type: 'json' };

export const VERSIONS = versions;

/** What a server's own functions get to see. */
export interface ServerContext {
  home: Home;
  /** Where its download lies. */
  package: string;
}

export interface Launch {
  command: string;
  args: readonly string[];
  /** On top of the plain environment. */
  env?: Record<string, string>;
}

/** One server: how it is fetched, how it starts, how it shows that it is ready. */
export interface Server {
  name: string;
  /** The port whose address people see, first; all others that it listens on after it. */
  ports: readonly [PortName, ...PortName[]];
  /** Servers that must be ready before this one starts. */
  dependsOn?: readonly string[];
  /** Fetches what the server is made of and returns its folder or program. Servers with one package share it. */
  fetch: (cache: string, report: Report) => Promise<string>;
  /** Writes settings and makes the data folder, before each start. */
  prepare: (context: ServerContext) => Promise<void>;
  launch: (context: ServerContext) => Launch;
  /** A throw means "not yet". */
  ready: (context: ServerContext) => Promise<boolean>;
  /** What must be set in the running server, each time it was started. */
  afterStart?: (context: ServerContext) => Promise<void>;
  startTimeoutMs: number;
  /** How long SIGTERM may take before SIGKILL. */
  stopTimeoutMs: number;
}

/** What a server's process inherits: enough to find programs and folders, nothing that alters its behaviour. */
export function plainEnvironment(): Record<string, string | undefined> {
  const { PATH, HOME, USER, TMPDIR, JAVA_HOME } = processVariables();
  return { PATH, HOME, USER, TMPDIR, JAVA_HOME, LANG: 'C.UTF-8', TZ: 'UTC' };
}

/** `java` of JAVA_HOME, else of the PATH. */
export function javaProgram(): string {
  const home = processVariables()['JAVA_HOME'];
  return home ? `${home}/bin/java` : 'java';
}

/**
 * For JVMs of a stack that starts and stops all day: without the second compiler they need half the processor
 * time until they are ready (router 9.1 → 5.2 s, broker 13.8 → 6.0 s), and what they do here is short.
 */
export const JAVA_QUICK_START = '-XX:TieredStopAtLevel=1';

/** A program's options, `--name value`. */
export function options(values: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => [`--${name}`, String(value)]);
}

/** A Java properties file. */
export function renderProperties(settings: Readonly<Record<string, string | number | boolean>>): string {
  return `${Object.entries(settings)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')}\n`;
}
