import type { Link, Toxic } from '../toxiproxy.ts';
import { LINKS, type LinkName } from './links.ts';

/** One way in which one link is bad for a while. */
export interface Fault {
  link: LinkName;
  /** `refused`, or toxiproxy's name with its attributes. */
  what: string;
  /** It stops progress, so that `status` must say something. */
  mustShow: boolean;
  /** How long it lasts at least, ms; one that must show lasts until it was seen, or until the time for that is over. */
  lastsMs: number;
  begin(link: Link): Promise<void>;
}

type Random = () => number;

interface Kind {
  mustShow: boolean;
  /** Without one: the link refuses connections. */
  toxic?: (random: Random) => Omit<Toxic, 'stream'>;
}

/** Each makes one fault of a kind, with a seed's numbers. */
const KINDS: Kind[] = [
  { mustShow: true },
  { mustShow: true, toxic: () => ({ type: 'timeout', attributes: { timeout: 0 } }) },
  { mustShow: true, toxic: () => ({ type: 'reset_peer', attributes: { timeout: 0 } }) },
  {
    mustShow: false,
    toxic: (random) => ({
      type: 'latency',
      attributes: { latency: between(random, 500, 2_000), jitter: 400 },
    }),
  },
  {
    mustShow: false,
    toxic: (random) => ({ type: 'limit_data', attributes: { bytes: between(random, 500, 20_000) } }),
  },
  {
    mustShow: false,
    toxic: (random) => ({
      type: 'slicer',
      attributes: { average_size: between(random, 8, 64), size_variation: 4, delay: 2_000 },
    }),
  },
  {
    mustShow: false,
    toxic: (random) => ({ type: 'bandwidth', attributes: { rate: between(random, 2, 20) } }),
  },
];

/**
 * Rounds over all links without an end: each link once per round, in a seed's order. In the first three rounds every
 * link has each kind that stops progress, one per round; in the next four, each of the other kinds; and so on.
 */
export function* faultsOf(random: Random): Generator<Fault, never> {
  const stopping = KINDS.filter(({ mustShow }) => mustShow);
  const others = KINDS.filter(({ mustShow }) => !mustShow);
  const kindsOf = new Map(
    LINKS.map((link) => [link, [...shuffled(stopping, random), ...shuffled(others, random)]]),
  );
  for (let round = 0; ; round++) {
    for (const link of shuffled(LINKS, random)) {
      const kind = kindsOf.get(link)?.[round % KINDS.length];
      if (kind !== undefined) yield faultOf(link, kind, random);
    }
  }
}

function faultOf(link: LinkName, { mustShow, toxic: make }: Kind, random: Random): Fault {
  const lastsMs = between(random, 12_000, 20_000);
  if (make === undefined) return { link, what: 'refused', mustShow, lastsMs, begin: (on) => on.refuse() };
  const stream = random() < 0.5 ? 'upstream' : 'downstream';
  const { type, attributes } = make(random);
  const what = `${type} ${stream} ${JSON.stringify(attributes)}`;
  return { link, what, mustShow, lastsMs, begin: (on) => on.spoil({ type, attributes, stream }) };
}

function between(random: Random, low: number, high: number): number {
  return Math.round(low + random() * (high - low));
}

function shuffled<T>(list: readonly T[], random: Random): T[] {
  return list
    .map((one) => ({ one, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
}
