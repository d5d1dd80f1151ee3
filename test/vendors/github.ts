import { json, type Api } from './vendor.ts';

export interface Issue {
  id: number;
  number: number;
  state: 'open' | 'closed';
  user: { login: string };
  labels: { name: string }[];
  updated_at: string;
  closed_at: string | null;
}

/**
 * GitHub's list of a repository's issues: `since` without an upper bound, at most 100 to a page, Link headers to
 * `/repositories/:id/issues`, 403 with the time of reset for too many calls, a User-Agent that is required.
 * @param issues as they are now: a test may change them between two calls
 * @see https://docs.github.com/en/rest/issues/issues#list-repository-issues
 */
export function github(issues: () => readonly Issue[]): Api {
  return {
    answer({ url, headers, origin }) {
      if (headers['user-agent'] === undefined)
        return json({ message: 'Request forbidden by administrative rules.' }, {}, 403);
      if (headers.authorization !== 'Bearer gh-token-of-the-test')
        return json({ message: 'Bad credentials' }, RATE, 401);
      if (!/^\/(repos\/acme\/shop|repositories\/1)\/issues$/.test(url.pathname))
        return json({ message: 'Not Found' }, RATE, 404);
      const parameter = (name: string, otherwise: string) => url.searchParams.get(name) ?? otherwise;
      const size = Math.min(Number(parameter('per_page', '30')), 100);
      const page = Number(parameter('page', '1'));
      const field = parameter('sort', 'created') === 'updated' ? 'updated_at' : 'number';
      const listed = issues()
        .filter(({ state }) => ['all', state].includes(parameter('state', 'open')))
        .filter(({ updated_at: at }) => at >= parameter('since', ''))
        .toSorted(
          (a, b) =>
            (String(a[field]) < String(b[field]) ? -1 : 1) *
            (parameter('direction', 'desc') === 'asc' ? 1 : -1),
        );
      const last = Math.max(1, Math.ceil(listed.length / size));
      const linkTo = (to: number, rel: string) => {
        const link = new URL(url);
        link.pathname = '/repositories/1/issues';
        link.searchParams.set('page', String(to));
        return `<${origin}${link.pathname}${link.search}>; rel="${rel}"`;
      };
      const links = [
        ...(page > 1 ? [linkTo(page - 1, 'prev')] : []),
        ...(page < last ? [linkTo(page + 1, 'next'), linkTo(last, 'last')] : []),
        ...(page > 1 ? [linkTo(1, 'first')] : []),
      ];
      return json(listed.slice((page - 1) * size, page * size), {
        ...RATE,
        ...(links.length > 0 ? { link: links.join(', ') } : {}),
      });
    },
    limited: () =>
      json(
        {
          message: 'API rate limit exceeded for user ID 1.',
          documentation_url: 'https://docs.github.com/rest',
        },
        {
          ...RATE,
          'x-ratelimit-remaining': '0',
          'x-ratelimit-reset': String(Math.ceil(Date.now() / 1_000) + 1),
        },
        403,
      ),
  };
}

const RATE = { 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': '4987', 'x-ratelimit-resource': 'core' };
