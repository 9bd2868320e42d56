/** The next page of a tag list, from a `Link` header that may be wrong. */
import LinkHeader from 'http-link-header';

export interface NextPage {
  /** Query of the next request, `n` included. */
  readonly query: URLSearchParams;
}

const maxLinkLength = 8192; // some registries send a whole page token; reading takes time quadratic in the length

/**
 * Reads `Link: <…>; rel="next"`; a link without `rel` counts as next. Only its query is used, on the path of the
 * request itself: JFrog and Nexus print another path, and no registry can send us to another host. A page size of
 * zero (seen at GHCR) gives way to ours. Absent: this was the last page. "broken": there is a header that cannot
 * be read, one of more than 8192 characters, or one without a query, so that what follows is unknown.
 */
export function readNextPage(
  link: string | undefined,
  requested: URLSearchParams,
): NextPage | 'broken' | undefined {
  if (link === undefined || link.trim() === '') return undefined;
  const links = link.length > maxLinkLength ? undefined : parseLinks(link);
  if (links === undefined) return 'broken';
  const next = links.find(({ rel }) => !rel || rel.toLowerCase().split(/\s+/).includes('next'));
  if (next === undefined) return undefined;
  const linked = URL.parse(next.uri, 'http://registry/');
  if (linked === null || linked.search === '') return 'broken';
  const query = new URLSearchParams(linked.search);
  const size = requested.get('n');
  const linkedSize = query.get('n');
  if (size !== null && (linkedSize === null || !/^[1-9]\d*$/.test(linkedSize))) query.set('n', size);
  return { query };
}

function parseLinks(link: string): readonly { readonly uri: string; readonly rel?: string }[] | undefined {
  try {
    return LinkHeader.parse(link).refs;
  } catch {
    return undefined; // the library throws on what is no list of links
  }
}
