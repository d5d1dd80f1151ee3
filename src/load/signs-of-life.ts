import { Context, heartbeat } from '@temporalio/activity';

/** How often an activity that is still running says so; well within the workflows' heartbeat timeout. */
const PULSE_MS = 2_000;

/** What each running activity said last. A heartbeat replaces the one before it, details and all. */
const said = new WeakMap<Context, unknown>();

/** Shows in Temporal's UI how far this activity is, until it says something else. */
export function say(details: unknown): void {
  said.set(Context.current(), details);
  heartbeat(details);
}

/** Has the activity give a sign of life while it works, whatever it does; what it said last stays to be seen. */
export async function withPulse<T>(work: () => Promise<T>): Promise<T> {
  const context = Context.current();
  const pulse = setInterval(() => context.heartbeat(said.get(context)), PULSE_MS);
  try {
    return await work();
  } finally {
    clearInterval(pulse);
  }
}
