import { request as ask } from 'node:http';
import { Agent, request as askInCipher } from 'node:https';
import type { Duplex } from 'node:stream';
import { connect } from 'node:tls';
import { bare } from '../ip-address.ts';
import type { Proxy } from './http-proxy.ts';

/** A proxy did not let a request pass. */
export class ProxyRefusal extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`the proxy answered ${status}`);
    this.status = status;
  }
}

interface Target {
  host: string;
  port: number;
}

type Created = (error: Error | null, socket?: Duplex) => void;

/**
 * Speaks TLS with a host through a tunnel (CONNECT, RFC 9110 §9.3.6): the proxy sees the name of the host alone.
 *
 * For one request: at its signal a proxy is hung up on, too, that has not answered yet (which axios' own tunnel is not).
 */
export class Tunnel extends Agent {
  readonly #proxy: Proxy;
  readonly #signal: AbortSignal;

  constructor(proxy: Proxy, signal: AbortSignal) {
    super();
    this.#proxy = proxy;
    this.#signal = signal;
  }

  /** Called by Node for the socket of a request. */
  override createConnection(target: Target, created: Created): undefined {
    const { protocol, host, port, auth } = this.#proxy;
    const authority = `${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}`;
    const login = auth && Buffer.from(`${auth.username}:${auth.password}`).toString('base64');
    const opening = (protocol === 'https:' ? askInCipher : ask)({
      method: 'CONNECT',
      host: bare(host),
      port,
      path: authority,
      headers: {
        host: authority,
        ...(login === undefined ? {} : { 'proxy-authorization': `Basic ${login}` }),
      },
      agent: false,
      signal: this.#signal,
    });
    opening.once('error', (error) => created(error));
    opening.once('connect', ({ statusCode = 0 }, socket) => {
      if (statusCode === 200) return created(null, connect({ servername: target.host, ...target, socket }));
      socket.destroy();
      created(new ProxyRefusal(statusCode));
    });
    opening.end();
  }
}
