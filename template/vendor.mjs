// Plays the other system that `rates` is pulled from, until you have a real one:  node --env-file=.env vendor.mjs
import { createServer } from 'node:http';

const EUROS = { EUR: 1, GBP: 1.17, USD: 0.92 };
const DAY_MS = 86_400_000;
const { RATES_URL = 'http://127.0.0.1:8600', RATES_TOKEN = '' } = process.env;

createServer((request, response) => {
  const url = new URL(request.url ?? '/', RATES_URL);
  const answer = (status, body) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  if (url.pathname !== '/v1/rates') return answer(404, { error: 'there is /v1/rates' });
  if (request.headers.authorization !== `Bearer ${RATES_TOKEN}`) return answer(401, { error: 'wrong token' });
  // One page per currency: `cursor` says which comes, `meta.next` which comes after; null on the last one.
  const currencies = Object.keys(EUROS);
  const at = Number(url.searchParams.get('cursor') ?? 0);
  const currency = currencies[at];
  const days = [];
  const [from, to] = ['from', 'to'].map((name) => Date.parse(url.searchParams.get(name) ?? ''));
  for (let day = from; day < to; day += DAY_MS) days.push(new Date(day).toISOString().slice(0, 10));
  answer(200, {
    data: days.map((day) => ({ day, currency, euros: EUROS[currency] })),
    meta: { next: at + 1 < currencies.length ? String(at + 1) : null },
  });
}).listen(Number(new URL(RATES_URL).port), '127.0.0.1', () => console.log(`listening on ${RATES_URL}`));
