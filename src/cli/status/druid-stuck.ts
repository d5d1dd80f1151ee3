import { endTaskCommand, resetOffsetsCommand } from '../../clients/druid-supervisors.ts';
import type { Config } from '../../config.ts';
import { heldUpText, type IntakeState, saidBy } from '../../intake/index.ts';

type StuckDruid = Pick<Extract<IntakeState, { state: 'stuck' }>, 'standing' | 'heldUp'>;
type Druid = Pick<Config['druid'], 'url' | 'auth'>;

/** A stream whose Druid does not move: where it stands, since when, what Druid says of it, and what to do. */
export function stuckText(druid: Druid, stream: string, { standing, heldUp }: StuckDruid): string {
  const { id, topic, positions } = standing;
  const { state, detailedState = state } = positions.supervisor;
  // What Druid says of a place that is gone is what is said of it here.
  const said = heldUp.some(({ kind }) => kind === 'gone') ? [] : saidBy(positions);
  const why = [...heldUp.map((one) => heldUpText(topic, one)), ...said].join('; ');
  return `stream ${stream}: Druid's supervisor '${id}' (${detailedState}) does not move: ${why}. ${remedy(druid, { standing, heldUp })}`;
}

function remedy(druid: Druid, { standing: { id, topic, positions }, heldUp }: StuckDruid): string {
  const gone = heldUp.filter((one) => one.kind === 'gone');
  if (gone.length > 0) {
    const offsets = new Map(gone.map(({ partition, low }) => [partition, low]));
    const command = resetOffsetsCommand(druid, id, { topic, offsets });
    return gone.some(({ lostTo }) => lostTo !== undefined)
      ? `Druid lacks the events that stood there from now on, unless they are sent again under other ids. To have it go on behind them: ${command}`
      : `A worker with the role 'ingest' has it go on behind that within half a minute, where it reaches Druid. By hand: ${command}`;
  }
  const [hidden] = heldUp.filter((one) => one.kind === 'hidden');
  if (hidden !== undefined) {
    const place = `--topic ${topic} --partition ${hidden.partition}`;
    return `Kafka ends a transaction by itself once its time limit is over (15 minutes at most). Who holds it: kafka-transactions.sh --bootstrap-server … describe-producers ${place}. To end it: … abort ${place} --start-offset ${hidden.at}`;
  }
  const task = positions.tasks.find(({ isPublishing }) => !isPublishing);
  return task === undefined
    ? `The supervisor has no task. Druid's console says why; check that Druid's workers have a free slot.`
    : `Look at the log of task ${task.id} in Druid's console, and whether Druid's workers have room for it. To have another task begin, which reads again what this one has not published: ${endTaskCommand(druid, task.id)}`;
}
