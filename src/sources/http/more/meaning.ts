/**
 * What a key of a body, or a header, says of an answer's pages.
 *
 * - `next`: where the next page is; with a value, there is one
 * - `more`: true means that there is a next page
 * - `end`: false means that there is one
 * - `total`: how many rows there are, over all pages
 * - `pages`: how many pages there are
 * - `bookmark`: a place in the list; given on the last page, too
 */
export type Meaning = keyof typeof NAMES;

/** In lower case, without anything but letters and digits. */
const NAMES = {
  next: [
    ...[
      'next',
      'nextpage',
      'nextlink',
      'nexturl',
      'nexturi',
      'nexthref',
      'odatanextlink',
      'nextrecordsurl',
      'nextresults',
    ],
    ...['nextpageurl', 'nextpageuri', 'nextpagelink', 'nextpagetoken', 'nextpagecursor', 'nextpagekey'],
    ...['nextpageid', 'nextpagenumber', 'nextcursor', 'nexttoken', 'nextmarker', 'nextkey', 'nextoffset'],
    ...[
      'nextcontinuation',
      'nextcontinuationtoken',
      'continuation',
      'continuationtoken',
      'continue',
      'cursor',
    ],
  ],
  more: [
    ...[
      'hasmore',
      'hasmorepage',
      'hasmorepages',
      'hasmoreitems',
      'hasmoreresults',
      'hasmorerecords',
      'hasmoredata',
    ],
    ...['hasnext', 'hasnextpage', 'more', 'morepages', 'moreitems', 'moreresults', 'morerecords', 'moredata'],
    ...['moreavailable', 'moreresultsavailable', 'moreitemsincollection', 'istruncated', 'truncated'],
  ],
  end: ['done', 'isdone', 'last', 'islast', 'lastpage', 'islastpage', 'endofstream', 'eof'],
  total: [
    ...['total', 'totalcount', 'totalentries', 'totalresults', 'totalrecords', 'totalitems', 'totalrows'],
    ...['totalhits', 'totalsize', 'totalelements', 'totalmatches', 'totalobjects', 'totaldocs'],
    ...[
      'totalrecordcount',
      'totalresultcount',
      'odatacount',
      'numfound',
      'nbhits',
      'nhits',
      'recordsfiltered',
    ],
  ],
  pages: ['totalpages', 'pagecount', 'totalpagecount', 'numpages', 'nbpages'],
  bookmark: ['endcursor', 'aftercursor'],
};

const MEANINGS = new Map(
  Object.entries(NAMES).flatMap(([meaning, names]) => names.map((name) => [name, meaning as Meaning])),
);

/** The meaning of a well-known name, however it is spelt: `has_more`, `hasMore`, `Has-More`. */
export function meaningOf(name: string): Meaning | undefined {
  return MEANINGS.get(plain(name));
}

/** Objects in which an API speaks of the list beside them. */
const ENVELOPES = new Set([
  ...['meta', 'metadata', 'pagination', 'paging', 'paginator', 'pager', 'page', 'pageinfo', 'paginginfo'],
  ...['pageinformation', 'resultinfo', 'responsemetadata', 'links', 'info'],
  ...['pagecontext', 'searchmetadata', 'additionaldata'],
]);

export function isEnvelope(name: string): boolean {
  return ENVELOPES.has(plain(name));
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}
