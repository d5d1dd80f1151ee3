import { Context } from '@temporalio/activity';
import type { Redaction } from '../redaction/index.ts';

/** How often an activity that is still running says so; well within the workflows' heartbeat timeout. */
const PULSE_MS = 2_000;

/** What each running activity said last. A heartbeat replaces the one before it, details and all. */
const said = new WeakMap<Context, unknown>();

/** What hides the secrets in what it says. */
const redactions = new WeakMap<Context, Pick<Redaction, 'json'>>();

/** Shows in Temporal's UI how far this activity is, until it says something else. */
export function say(details: unknown): void {
  const context = Context.current();
  const shown = redactions.get(context)?.json(details) ?? details;
  said.set(context, shown);
  context.heartbeat(shown);
}

/** Has the activity give a sign of life while it works, whatever it does; what it said last stays to be seen. */
export async function withPulse<T>(redaction: Pick<Redaction, 'json'>, work: () => Promise<T>): Promise<T> {
  const context = Context.current();
  redactions.set(context, redaction);
  const pulse = setInterval(() => context.heartbeat(said.get(context)), PULSE_MS);
  try {
    return await work();
  } finally {
    clearInterval(pulse);
  }
}
