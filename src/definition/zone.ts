import { IANAZone } from 'luxon';
import { shown } from '../wording.ts';

/**
 * What is wrong with the name of a time zone, with the remedy; undefined: nothing.
 * @param call that was given it: `every.day`
 */
export function zoneProblem(call: string, zone: unknown): string | undefined {
  // Abbreviations ('CET', 'EST') and offsets ('+02:00') are zones to some programs and not to others.
  const isName = typeof zone === 'string' && (zone === 'UTC' || /^[A-Z]\w*(\/[\w+-]+)+$/.test(zone));
  if (isName && IANAZone.isValidZone(zone)) return undefined;
  return `${call}(${shown(zone)}): no such time zone; use an IANA name such as 'Europe/Berlin', or 'UTC'.`;
}
