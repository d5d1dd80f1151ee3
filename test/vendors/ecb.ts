import type { Api } from './vendor.ts';

export interface Rate {
  day: string;
  currency: string;
  rate: string;
}

/**
 * The European Central Bank's exchange rates as CSV: dates from `startPeriod` to `endPeriod`, both within; titles with
 * commas in quotes; 404 where there are none, as on a weekend.
 * @see https://data.ecb.europa.eu/help/api/data and …/help/api/status-codes
 */
export function ecb(rates: () => readonly Rate[]): Api {
  return {
    answer({ url }) {
      const parameter = (name: string) => url.searchParams.get(name) ?? '';
      const [, currencies = ''] =
        /^\/service\/data\/EXR\/D\.([A-Z+]+)\.EUR\.SP00\.A$/.exec(url.pathname) ?? [];
      if (currencies === '' || parameter('format') !== 'csvdata') return text(400, 'Syntax error.');
      const listed = rates().filter(
        ({ day, currency }) =>
          day >= parameter('startPeriod') &&
          day <= parameter('endPeriod') &&
          currencies.split('+').includes(currency),
      );
      if (listed.length === 0) return text(404, 'No results found.');
      const lines = listed.map(({ day, currency, rate }) =>
        [
          ...[`EXR.D.${currency}.EUR.SP00.A`, 'D', currency, 'EUR', 'SP00', 'A', day, rate, 'A', 'F', '', ''],
          `"${currency}/Euro, ECB reference rate"`,
        ].join(','),
      );
      return {
        status: 200,
        headers: { 'content-type': 'text/csv' },
        body: `${HEADINGS.join(',')}\r\n${lines.join('\r\n')}\r\n`,
      };
    },
    limited: () => ({
      ...text(503, 'Service unavailable.'),
      headers: { 'content-type': 'text/plain', 'retry-after': '1' },
    }),
  };
}

const HEADINGS = [
  ...['KEY', 'FREQ', 'CURRENCY', 'CURRENCY_DENOM', 'EXR_TYPE', 'EXR_SUFFIX', 'TIME_PERIOD', 'OBS_VALUE'],
  ...['OBS_STATUS', 'OBS_CONF', 'OBS_PRE_BREAK', 'OBS_COM', 'TITLE'],
];

function text(status: number, body: string) {
  return { status, headers: { 'content-type': 'text/plain' }, body };
}
