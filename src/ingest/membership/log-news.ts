import type { Log } from '../../log.ts';
import type { LaneNews, Rebuilt } from '../path/news.ts';

/**
 * What a lane has to say, in the log.
 * @param raw the raw topic
 * @param onRebuilt a partition's counters start anew
 */
export function logNews(
  log: Log,
  stream: string,
  raw: string,
  onRebuilt: (partition: number) => void,
): LaneNews {
  return {
    onGap(partition, from, to) {
      const fields = { stream, partition, from: String(from), to: String(to) };
      log.error(
        fields,
        `raw records are gone unread: ${raw}/${partition} goes on at ${to}, it had come to ${from}`,
      );
    },
    onRawAnew(partition, low) {
      log.warn(
        { stream, partition, from: String(low) },
        `${raw} was deleted and made anew; this partition is read from ${low} on, with the same dedupe window`,
      );
    },
    onRawCut(partition, position, to) {
      log.error(
        { stream, partition, from: String(position), to: String(to) },
        `${raw}/${partition} was processed up to ${position} and ends before that: Kafka has lost its last records (after a power cut, or when a follower took over). Their events are in the clean topic; it goes on at ${to}, after the last one that it still holds`,
      );
    },
    onRebuilt(partition, { position, state, by }) {
      const fields = { stream, partition, to: String(position), clean: String(state.clean), by };
      const text = `the position of ${raw}/${partition} was lost (its group's offsets expired, or were deleted or reset); it is rebuilt from the clean topic and goes on at ${position}; its counters start anew; ${DOUBLED[by]}`;
      if (by === 'start') log.error(fields, text);
      else log.warn(fields, text);
      onRebuilt(partition);
    },
    onCleanAnew(partition) {
      log.warn(
        { stream, partition },
        'the clean topic was deleted and made anew; position and window of this partition go on with what it holds',
      );
    },
    onWindowFull(partition) {
      log.warn(
        { stream, partition },
        'the dedupe windows of this process hold too many ids; the oldest of this partition are forgotten early',
      );
    },
  };
}

/** What may be written a second time after a rebuild. */
const DOUBLED: Record<Rebuilt['by'], string> = {
  record: 'no clean event is lost or doubled, dead letters after the last clean event may be doubled',
  time: 'no clean event is lost or doubled, dead letters of the dedupe window may be doubled',
  start: 'nothing is lost, but whatever is older than the dedupe window may be doubled',
};
