/** In letters. Servers take no longer address: a cursor, a link or parameters beyond it are something else. */
export const LONGEST = 8_000;
