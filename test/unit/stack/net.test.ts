import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { answers, firstBytes } from '../../../stack/net.ts';

let server: net.Server;
afterEach(() => server.close());

async function listen(made: net.Server): Promise<number> {
  server = made.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as net.AddressInfo).port;
}

test.each([
  [200, true],
  [204, true],
  [302, false],
  [404, false],
  [503, false],
])('a %i says ready: %s', async (status, ready) => {
  const port = await listen(http.createServer((_, response) => response.writeHead(status).end()));
  expect(await answers(`http://127.0.0.1:${port}/`)).toBe(ready);
});

test.each([
  ['that accepts and stays silent', () => undefined, /no answer within 100 ms/],
  ['that hangs up', (socket: net.Socket) => socket.destroy(), /hang up|ECONNRESET/],
  ['that breaks off in the middle', breakOff, /aborted|closed/],
])('a server %s is an error, in time', async (_, behave, message) => {
  const port = await listen(net.createServer(behave));
  await expect(answers(`http://127.0.0.1:${port}/`, 100)).rejects.toThrow(message);
});

function breakOff(socket: net.Socket): void {
  socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'));
}

test('the first bytes of a server are what it says to what we send', async () => {
  const port = await listen(
    net.createServer((socket) => socket.once('data', (sent) => socket.write(`got ${String(sent)}`))),
  );
  expect(String(await firstBytes(port, 'ruok'))).toBe('got ruok');
});

test('a server that never says a word is an error', async () => {
  const port = await listen(net.createServer());
  await expect(firstBytes(port, '', 100)).rejects.toThrow('no answer within 100 ms');
});
