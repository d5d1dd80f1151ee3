/** What was found on this machine. Versions are lists of numbers; undefined: not there. */
export interface Facts {
  node: number[];
  /** Its major version. */
  java: number | undefined;
  maven: boolean;
  /** On PATH, or compiled by an earlier start. */
  temporal: boolean;
  go: number[] | undefined;
  /** The version that Superset needs is there. */
  python: boolean;
  /** That Python can make environments. */
  venv: boolean;
  /** Programs of MariaDB that are not there. */
  mariadbMissing: string[];
  /** apt-get is there. */
  apt: boolean;
  root: boolean;
  /** A Docker with compose answers. */
  docker: boolean;
  memoryGb: number;
  /** Free where downloads and state go. */
  diskGb: number;
  /** As Node names them. */
  platform: string;
  arch: string;
}

export interface Problem {
  what: string;
  /** The exact command that mends it. */
  remedy: string;
}

export interface Wish {
  /** Containers, whatever else is there. */
  docker?: boolean;
}

export interface Decision {
  mode: 'native' | 'docker';
  /** Nothing can start while there are any. */
  problems: Problem[];
}

export function decide(facts: Facts, wish?: Wish): Decision;
export function preflight(wish?: Wish): Promise<Decision>;
export function lackText(problems: readonly Problem[]): string;
export function cacheFolder(): string;
export function hasTemporal(): boolean;
export function temporalFolder(): string;
