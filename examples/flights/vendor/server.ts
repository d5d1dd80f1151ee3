import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { sendCut, sendError, sendHtml, sendJson } from './answers.ts';
import { createFaults, type Fault, type Faults } from './faults.ts';
import { OBSERVATIONS_QUERY, observationsPage } from './observations-page.ts';

export interface VendorOptions {
  token: string;
  /** 0: any free port. */
  port: number;
  host: string;
  /** Rows per page. */
  pageSize: number;
  /** Serves /control, by which a test makes the service fail. */
  hasControl: boolean;
  /** Milliseconds since the epoch; the clock unless told. */
  now?: () => number;
}

export interface Vendor {
  url: string;
  close(): Promise<void>;
}

/**
 * Starts the weather service. Resolves once it listens.
 *
 * @throws when the port is taken
 */
export async function startVendor(options: VendorOptions): Promise<Vendor> {
  const faults = createFaults();
  const server = createServer((request, response) => {
    respond(request, response, options, faults).catch((error: unknown) => {
      sendError(response, 500, error instanceof Error ? error.message : String(error));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://${options.host}:${port}`, close: () => close(server) };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  options: VendorOptions,
  faults: Faults,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://vendor');
  const route = `${request.method} ${url.pathname}`;
  if (route === 'GET /health') return sendJson(response, 200, { status: 'ok' });
  if (options.hasControl && url.pathname === '/control') return faults.control(request, response);
  if (route !== 'GET /v1/observations') return sendError(response, 404, `${route} is not served here.`);

  const fault = faults.take();
  if (fault?.kind === 'slow') await sleep(fault.delayMs, undefined, { ref: false });
  if (request.headers.authorization !== `Bearer ${options.token}`) return sendUnauthorized(response);
  const query = OBSERVATIONS_QUERY.safeParse(Object.fromEntries(url.searchParams));
  if (!query.success) return sendError(response, 400, z.prettifyError(query.error));

  const page = observationsPage(query.data, options.pageSize, (options.now ?? Date.now)());
  if (fault === undefined || fault.kind === 'slow') return sendJson(response, 200, page);
  sendFault(response, fault.kind, page);
}

function sendFault(response: ServerResponse, kind: Exclude<Fault['kind'], 'slow'>, page: unknown): void {
  switch (kind) {
    case '500':
      return sendError(response, 500, 'The weather service has a problem of its own.');
    case '401':
      return sendUnauthorized(response);
    case 'html':
      return sendHtml(response, '<!doctype html><title>Maintenance</title><h1>We are back soon</h1>');
    case 'cut':
      return sendCut(response, page);
    case 'empty':
      return sendJson(response, 200, { items: [], next: null });
  }
}

function sendUnauthorized(response: ServerResponse): void {
  response.setHeader('WWW-Authenticate', 'Bearer');
  sendError(response, 401, 'The bearer token is missing or wrong.');
}

function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  return closed;
}
