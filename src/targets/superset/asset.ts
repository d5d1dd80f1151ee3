import { createHash } from 'node:crypto';
import type { Desired } from '../target.ts';

/** What millrace keeps in Superset: one object, and the files of an import bundle that make it. */
export interface Asset extends Desired {
  /** What ownership is recorded under, and what is printed: `dataset rates`. */
  object: string;
  kind: 'database' | 'dataset' | 'dashboard';
  uuid: string;
  /** Content by path in the bundle; plain JSON, which is YAML too. */
  files: Record<string, Record<string, unknown>>;
}

/** RFC 9562's namespace for names that are URLs. */
const URL_NAMESPACE = Buffer.from('6ba7b8119dad11d180b400c04fd430c8', 'hex');

/** The uuid of an object of this env: version 5, so that it is the same in every apply. */
export function uuidOf(env: string, object: string): string {
  const name = `millrace://${env}/${object}`;
  const bytes = createHash('sha1').update(URL_NAMESPACE).update(name).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
