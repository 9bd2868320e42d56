/** Lists the tags of a repository, all pages of it or none. */
import { isTag } from '../core/image/tag-and-digest.ts';
import type { RepositoryAccess, RepositoryReply, RepositoryRequest } from './access/access.ts';
import { registryFailed } from './requests/error.ts';
import type { RegistryLimits } from './requests/limits.ts';
import { readNextPage } from './next-page.ts';
import { type PageFault, readTagPage } from './tag-page.ts';
import { GatheredTags } from '../core/version/gathered-tags.ts';
import { isLong, type TagList } from '../core/version/tag-list.ts';
import type { InFlight, Share } from '../net/in-flight/in-flight.ts';
import type { Clock } from '../ports/clock.ts';
import type { KnownHosts } from './image/known-hosts.ts';

const pageSize = 1_000; // ECR refuses more

/** Statuses by which registries refuse a page size. */
const sizeRefusals: ReadonlySet<number> = new Set([400, 405, 416, 422, 501]);

/** Pages in a row that bring nothing new: offsets beyond the end, or a list that never ends. */
const maxEmptyPages = 3;

/** A list of more pages than that has to hold so many tags a page. */
const leastTagsPerPage = 50;

const request = {
  action: 'list tags of',
  method: 'GET',
  path: 'tags/list',
  accept: 'application/json',
  mustExist: true,
} satisfies Partial<RepositoryRequest>;

export interface ListingOptions {
  readonly limits: RegistryLimits;
  /** API URLs that refuse a page size. */
  readonly sizeless: KnownHosts;
  readonly inFlight: InFlight;
  readonly clock: Pick<Clock, 'random'>;
}

/**
 * All tags, in the registry's order, each once; names that the distribution-spec forbids are left out, nobody
 * could pull them. Throws `Failed` unless every page arrived. Source: registry.md 5.1, 5.4.
 */
export async function listTags(
  access: RepositoryAccess,
  options: ListingOptions,
  signal: AbortSignal,
): Promise<TagList> {
  const share = options.inFlight.open();
  try {
    const tags = await listPages(access, options, share, signal);
    if (!isLong(tags)) share.close();
    return tags.list(() => share.close());
  } catch (error) {
    share.close();
    throw error;
  }
}

async function listPages(
  access: RepositoryAccess,
  { limits, sizeless, clock }: ListingOptions,
  share: Share,
  signal: AbortSignal,
): Promise<GatheredTags> {
  const fail: Fail = (code, detail) => registryFailed(access.purpose(request), code, detail);
  const tags = new GatheredTags(Math.trunc(clock.random() * 2 ** 32));
  const seen = new Set<string>();
  const { apiUrl } = access.owner.endpoint;
  let query = sizeless.has(apiUrl) ? new URLSearchParams() : new URLSearchParams({ n: String(pageSize) });
  let emptyPages = 0;
  for (let pages = 1; ; pages += 1) {
    if (pages > limits.maxPages && tags.length < pages * leastTagsPerPage)
      throw fail('too-large', `more than ${limits.maxPages} pages`);
    if (seen.has(query.toString())) throw fail('malformed', 'the pages run in a circle');
    seen.add(query.toString());
    const reply = await access.send({ ...request, query, maxBytes: limits.maxPageBytes, share }, signal);
    if (pages === 1 && query.has('n') && sizeRefusals.has(reply.status)) {
      sizeless.add(apiUrl);
      query = new URLSearchParams();
      continue;
    }
    if (reply.status !== 200) throw reply.failure();
    const before = tags.length;
    await readPage(reply, tags, limits, fail);
    const next = readNextPage(reply.headers['link']?.toString(), query);
    await share.keep(tags.bytes);
    if (next === undefined) return tags;
    if (next === 'broken') throw fail('malformed', 'the link to the next page cannot be read');
    emptyPages = tags.length === before ? emptyPages + 1 : 0;
    if (emptyPages >= maxEmptyPages)
      throw fail('malformed', `${maxEmptyPages} pages in a row bring no new tag`);
    query = next.query;
  }
}

type Fail = (code: 'malformed' | 'too-large', detail: string) => Error;

const faults: Readonly<Record<PageFault, string>> = {
  html: 'the answer is HTML, not a list of tags',
  'not JSON': 'the answer is not JSON',
  'not a list': 'the answer is not a list of tags',
};

/** The content type says little: ECR sends lists as text, and a portal's HTML may be called JSON. */
async function readPage(
  reply: RepositoryReply,
  tags: GatheredTags,
  { maxTags, maxTagBytes }: RegistryLimits,
  fail: Fail,
): Promise<void> {
  const page = await readTagPage(reply.body, (tag) => {
    if (!isTag(tag)) return;
    if (tags.length > maxTags || tags.bytes > maxTagBytes) return;
    tags.add(tag);
  });
  if (typeof page === 'string') throw fail('malformed', faults[page]);
  if (page.hasErrors) throw reply.failure();
  // Without `tags` it is a list only if it says whose.
  if (!page.hasTags && !page.hasName) throw fail('malformed', faults['not a list']);
  if (tags.length > maxTags) throw fail('too-large', `more than ${maxTags} tags`);
  if (tags.bytes > maxTagBytes) throw fail('too-large', `more than ${maxTagBytes} bytes of tags`);
}
