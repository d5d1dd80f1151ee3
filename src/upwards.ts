import path from 'node:path';

/** A folder and all those that it lies in, the nearest first. @param from absolute */
export function upwards(from: string): string[] {
  const above = path.dirname(from);
  return above === from ? [from] : [from, ...upwards(above)];
}
