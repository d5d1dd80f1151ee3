import { setTimeout as sleep } from 'node:timers/promises';
import { readState, writeJson, type ReplayState } from './json-file.ts';
import { departureMessages, replayMessages, type Message } from './messages.ts';
import { chunksOf, openSender, type Sender } from './sender.ts';

export interface ReplayOptions {
  brokers: string[];
  topic: string;
  /** The window to replay, unless the state file already holds one; ms since the epoch, half-open. */
  fromMs: number;
  toMs: number;
  /** Broken events to put between the replayed ones. */
  malformed: number;
  /** Go on with departures as they happen, until the signal. */
  isLive: boolean;
  stateFile?: string;
  progressFile?: string;
}

/** What this process has sent: a line of stdout per send; the progress file is as new as the last look at the clock. */
interface Progress {
  phase: 'replay' | 'live' | 'done';
  topic: string;
  /** Departures and broken events together. */
  sent: number;
  malformed: number;
  /** All that the replay has to send; later what was sent. */
  total: number;
  /** Everything announced before this instant has been sent. */
  upTo: string;
}

const TICK_MS = 1_000;

/**
 * Sends the departures of a window at once, in order, then (live) each one when it is announced.
 *
 * With a state file a later process goes on where this one stopped, at least once: what was announced in the
 * very second of the stop may come twice.
 *
 * @throws when Kafka cannot be reached in the replay; in live mode it says so on stderr and tries again
 */
export async function runReplay(options: ReplayOptions, signal: AbortSignal): Promise<void> {
  const state = startingState(options);
  const sender = await openSender(options.brokers, options.topic);
  const session = openSession(options, state, sender, signal);
  try {
    session.report('replay');
    const upToMs = Date.parse(state.upTo);
    const window = replayMessages(Date.parse(state.from), Date.parse(state.to), options.malformed);
    await session.send(
      window.filter(({ announcedMs }) => announcedMs >= upToMs),
      Math.max(upToMs, Date.parse(state.to)),
    );
    await session.advance(options.toMs);
    if (options.isLive) await live(session, signal);
    session.report(signal.aborted && !options.isLive ? 'replay' : 'done');
  } finally {
    await sender.close();
  }
}

async function live(session: Session, signal: AbortSignal): Promise<void> {
  session.report('live');
  while (!signal.aborted) {
    try {
      await session.advance(Date.now());
    } catch (error) {
      console.error(
        `Not sent, next try in ${TICK_MS} ms: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    await sleep(TICK_MS, undefined, { signal }).catch(() => undefined);
  }
}

type Session = ReturnType<typeof openSession>;

function openSession(options: ReplayOptions, state: ReplayState, sender: Sender, signal: AbortSignal) {
  const progress: Progress = {
    phase: 'replay',
    topic: options.topic,
    sent: 0,
    malformed: 0,
    total: 0,
    upTo: state.upTo,
  };

  const saveProgress = () => {
    if (options.progressFile !== undefined) writeJson(options.progressFile, progress);
  };

  const report = (phase = progress.phase) => {
    progress.phase = phase;
    console.log(JSON.stringify(progress));
    saveProgress();
  };

  const reached = (upToMs: number) => {
    progress.upTo = state.upTo = new Date(upToMs).toISOString();
    if (options.stateFile !== undefined) writeJson(options.stateFile, state);
    saveProgress();
  };

  const send = async (messages: Message[], endMs: number) => {
    progress.total = progress.sent + messages.length;
    let done = 0;
    for (const chunk of chunksOf(messages)) {
      if (signal.aborted) return;
      await sender.send(chunk);
      done += chunk.length;
      progress.sent += chunk.length;
      progress.malformed += chunk.filter(({ isMalformed }) => isMalformed).length;
      reached(messages[done]?.announcedMs ?? endMs);
      report();
    }
    reached(endMs);
  };

  /** Sends what was announced since the last time. */
  const advance = async (nowMs: number) => {
    const upToMs = Date.parse(state.upTo);
    if (!signal.aborted && nowMs > upToMs) await send(departureMessages(upToMs, nowMs), nowMs);
  };

  return { send, advance, report };
}

function startingState({ stateFile, topic, fromMs, toMs }: ReplayOptions): ReplayState {
  const saved = stateFile === undefined ? undefined : readState(stateFile);
  if (saved !== undefined && saved.topic !== topic) {
    throw new Error(
      `${stateFile} belongs to topic '${saved.topic}', not '${topic}'; give another --state file.`,
    );
  }
  const from = new Date(fromMs).toISOString();
  return saved ?? { topic, from, to: new Date(toMs).toISOString(), upTo: from };
}
