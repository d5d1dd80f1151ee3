import { announcedAtMs, announcedBetween, type Departure } from '../sample/departures.ts';

/** One Kafka message to be, with the instant at which it is announced (ms since the epoch). */
export interface Message {
  key: string;
  value: string;
  announcedMs: number;
  isMalformed: boolean;
}

/** The departures announced in `[fromMs, toMs)` as messages keyed by event id, in order. */
export function departureMessages(fromMs: number, toMs: number): Message[] {
  return announcedBetween(fromMs, toMs).map((departure) => ({
    key: departure.id,
    value: JSON.stringify(departure),
    announcedMs: announcedAtMs(departure),
    isMalformed: false,
  }));
}

/**
 * As departureMessages, with some broken events put between them at even distances, so that whoever reads has
 * something to refuse: in turn JSON that is cut, a delay that is no number, no id. They come on top of the
 * departures, of which none is lacking. The same arguments give the same messages.
 *
 * @param malformed how many; none where there is no departure to spoil
 */
export function replayMessages(fromMs: number, toMs: number, malformed: number): Message[] {
  const messages = departureMessages(fromMs, toMs);
  const good = messages.length;
  if (good === 0) return messages;
  // From the back, so that the places still to come keep their index.
  for (let number = malformed; number >= 1; number--) {
    const place = Math.floor((number * good) / (malformed + 1));
    const original = messages[place] as Message;
    messages.splice(place, 0, {
      key: `malformed-${number}-${original.key}`,
      value: spoil(original.value, number),
      announcedMs: original.announcedMs,
      isMalformed: true,
    });
  }
  return messages;
}

function spoil(value: string, number: number): string {
  const { id, ...rest } = JSON.parse(value) as Departure;
  const kinds = [
    value.slice(0, value.length / 2),
    JSON.stringify({ id, ...rest, delayMin: 'late' }),
    JSON.stringify(rest),
  ];
  return kinds[(number - 1) % kinds.length] as string;
}
