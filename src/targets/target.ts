import type { Config } from '../config.ts';
import type { Definition } from '../definition/definition.ts';
import type { Names } from '../names.ts';
import type { RecordedObject } from '../store/objects.ts';

/** A system that apply keeps in step, as it is printed: `kafka`, `mariadb`, `druid`, `temporal`, `superset`. */
export type System = string;

/** What is compared, as plain JSON. Objects are compared key by key, everything else as a whole. */
export type Fields = Readonly<Record<string, unknown>>;

/** What decides how a target should be: the definitions of one env, and what is known of the other targets. */
export interface Known {
  config: Config;
  names: Names;
  definitions: ReadonlyMap<string, Definition>;
  /** The time for which everything is decided, the same for all of one plan or apply. */
  now: Date;
  /** Fields of an object as another system holds it now; undefined where it is absent, or is yet to be changed. */
  held(system: System, object: string): Fields | undefined;
  /** Has this very apply made the object? */
  isNew(system: System, object: string): boolean;
}

/** One object as it should be. */
export interface Desired {
  object: string;
  /** Compared with the live object, key by key; what the server adds beside them is not ours. */
  fields: Fields;
  /** Another object of the system that this one depends on and does not make: it may not be dropped meanwhile. */
  madeFrom?: string;
  /** What the server does not show (a password's fingerprint, SQL before its rewriting): compared with the record. */
  unseen?: Fields;
}

/** One object as it is. */
export interface Live {
  fields: Fields;
  /** What is to be recorded of it where it is kept while nothing asks for it any more. */
  toRemember?: Fields;
  /** What the object itself says of its maker; without it, the record of what apply made decides. */
  mark?: 'ours' | 'foreign' | undefined;
  /** It is data (a table, a topic, a datasource): prune keeps it unless `--drop-data` names it. */
  holdsData?: true;
}

/** What apply last made of an object. */
export type Recorded = RecordedObject;

export type Owned = ReadonlyMap<string, Recorded>;

/** One field that is not as it should be. Secrets are never in it. */
export interface Difference {
  /** Names from the outside in. Each is one name, dots and all: `['settings', 'retention.ms']`. */
  path: readonly string[];
  live: unknown;
  /** `{ $unknown: 'known once …' }` where it shows only when something else was changed. */
  desired: unknown;
  /** The definition says the same as when apply last made it: somebody changed it on the server. */
  byHand: boolean;
  /** Another object's line, or another field's, says the same: it is shown by its name alone. */
  isEcho?: true;
}

/** What apply did or would do with one object. */
export interface Change {
  system: System;
  object: string;
  /**
   * Of what no file defines any more: `left`, nobody asked to prune; `retire`, it goes; `kept`, it holds data and stays.
   */
  action: 'create' | 'update' | 'unchanged' | 'left' | 'retire' | 'kept';
  differences: Difference[];
  /** What else is to be said of it. */
  note?: string;
}

/** A change with all that its target needs to carry it out. */
export interface Step<D extends Desired = Desired, L extends Live = Live> extends Change {
  desired?: D;
  live?: L;
  recorded?: Recorded | undefined;
  /** Its data goes, too. */
  dropsData?: boolean;
  /** Why it may not be carried out. */
  refusal?: string;
  /** It is refused because millrace did not make the object. */
  isForeign?: boolean;
}

/** What has come of carrying out a step. */
export interface Outcome {
  /** What only the server could tell of what was made. It is recorded beside the fields. */
  learned?: Fields;
  /** What is to be said of it, in place of the step's own note. */
  note?: string;
}

/**
 * A system that apply keeps in step.
 *
 * Nothing connects before `live`. Whatever a method throws of its server's absence is a MillraceError.
 */
export interface Target<D extends Desired = Desired, L extends Live = Live> {
  system: System;
  /** Its live state is a record of ours: nothing is recorded beside it. */
  isOwnRecord?: true;
  /** What should be there, in the order in which it can be made. Pure. */
  desired(known: Known): D[];
  /** What is there under these names, and what apply made and no definition asks for any more. Asked once. */
  live(desired: readonly D[], owned: Owned): Promise<ReadonlyMap<string, L>>;
  /** What has to be done with each desired object. Pure: it may be repeated when more is known. */
  diff(desired: readonly D[], live: ReadonlyMap<string, L>, owned: Owned): Step<D, L>[];
  /** May be repeated: it is recorded once it is done, and a step that was cut is carried out again. */
  carryOut(step: Step<D, L>): Promise<Outcome | undefined>;
  /** Ids of what loads a table of this name at this moment. Asked before its data is dropped. */
  runsOf?(table: string): Promise<string[]>;
  /** What is said of an object of this name that millrace did not make, with what to do about it. */
  foreign(object: string, live: L): string;
  close(): Promise<void>;
}
