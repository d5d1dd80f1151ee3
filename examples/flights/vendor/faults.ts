import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import { sendError, sendJson } from './answers.ts';

const FAULT = z.strictObject({
  /** What the next requests for observations get; `empty` is a page without rows where there should be some. */
  fault: z.enum(['500', '401', 'html', 'cut', 'empty', 'slow']),
  /** How many requests; 0 ends it. */
  times: z.int().min(0).default(1),
  /** For `slow` only: how long the right answer is held back. */
  delayMs: z.int().min(0).max(600_000).default(5_000),
});

export interface Fault {
  kind: z.infer<typeof FAULT>['fault'];
  delayMs: number;
}

export interface Faults {
  /** The fault of this request, if it is to have one. Counts the request. */
  take(): Fault | undefined;
  /** `POST` sets the fault, `GET` tells what is left of it and how many requests were counted. */
  control(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** Makes the switchboard by which a test has the service fail: one fault at a time, for so many requests. */
export function createFaults(): Faults {
  let fault: Fault = { kind: '500', delayMs: 0 };
  let timesLeft = 0;
  let requests = 0;

  const report = () => ({ fault: timesLeft > 0 ? fault.kind : null, timesLeft, requests });

  return {
    take() {
      requests++;
      if (timesLeft === 0) return undefined;
      timesLeft--;
      return fault;
    },

    async control(request, response) {
      if (request.method === 'GET') return sendJson(response, 200, report());
      if (request.method !== 'POST') return sendError(response, 405, 'Use GET or POST.');
      const wanted = FAULT.safeParse(await json(request).catch(() => undefined));
      if (!wanted.success) return sendError(response, 400, z.prettifyError(wanted.error));
      fault = { kind: wanted.data.fault, delayMs: wanted.data.delayMs };
      timesLeft = wanted.data.times;
      sendJson(response, 200, report());
    },
  };
}
