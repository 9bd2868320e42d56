/** Lists the tags of a repository, all pages of it or none. */
import type { RepositoryAccess, RepositoryReply, RepositoryRequest } from './access/access.ts';
import { registryFailed } from './requests/error.ts';
import type { RegistryLimits } from './requests/limits.ts';
import { readNextPage } from './next-page.ts';
import type { OneAtATime } from '../core/base/one-at-a-time.ts';
import { type PageFault, readTagPage } from './tag-page.ts';
import { type TagList, tagList } from '../core/version/tag-list.ts';
import type { KnownHosts } from './image/known-hosts.ts';

const pageSize = 1_000; // ECR refuses more

/** Statuses by which registries refuse a page size. */
const sizeRefusals: ReadonlySet<number> = new Set([400, 405, 416, 422, 501]);

/** Pages in a row that bring nothing new: offsets beyond the end, or a list that never ends. */
const maxEmptyPages = 3;

/** A list of more pages than that has to hold so many tags a page. */
const leastTagsPerPage = 50;

/** Longer answers are read one after the other. */
const longBytes = 1024 * 1024;

const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

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
  readonly longAnswers: OneAtATime;
}

/**
 * All tags, in the registry's order, each once; names that the distribution-spec forbids are left out, nobody
 * could pull them. Throws `Failed` unless every page arrived. Source: registry.md 5.1, 5.4.
 */
export async function listTags(
  access: RepositoryAccess,
  { limits, sizeless, longAnswers }: ListingOptions,
  signal: AbortSignal,
): Promise<TagList> {
  const fail = (code: 'malformed' | 'too-large', detail: string) =>
    registryFailed(access.purpose(request), code, detail);
  const tags = new TagCollection(limits.maxTags);
  const seen = new Set<string>();
  const { apiUrl } = access.owner.endpoint;
  let query = sizeless.has(apiUrl) ? new URLSearchParams() : new URLSearchParams({ n: String(pageSize) });
  let emptyPages = 0;
  for (let pages = 1; ; pages += 1) {
    if (pages > limits.maxPages && tags.size < pages * leastTagsPerPage)
      throw fail('too-large', `more than ${limits.maxPages} pages`);
    if (seen.has(query.toString())) throw fail('malformed', 'the pages run in a circle');
    seen.add(query.toString());
    const reply = await access.send({ ...request, query, maxBytes: limits.maxPageBytes }, signal);
    if (pages === 1 && query.has('n') && sizeRefusals.has(reply.status)) {
      sizeless.add(apiUrl);
      query = new URLSearchParams();
      continue;
    }
    if (reply.status !== 200) throw reply.failure();
    const before = tags.size;
    const read = async (): Promise<void> => await readPage(reply, tags, fail);
    await (reply.body.length > longBytes ? longAnswers.run(read) : read());
    if (tags.isFull) throw fail('too-large', `more than ${limits.maxTags} tags`);
    const next = readNextPage(reply.headers['link']?.toString(), query);
    if (next === undefined) return tagList(tags.all);
    if (next === 'broken') throw fail('malformed', 'the link to the next page cannot be read');
    emptyPages = tags.size === before ? emptyPages + 1 : 0;
    if (emptyPages >= maxEmptyPages)
      throw fail('malformed', `${maxEmptyPages} pages in a row bring no new tag`);
    query = next.query;
  }
}

/** Tags in the order in which they come. As far as a list is sorted, as most are, it needs no index to see what is double. */
class TagCollection {
  readonly #tags: string[] = [];
  readonly #max: number;
  readonly #unsorted = new Set<string>();
  #sorted = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#tags.length;
  }

  get all(): readonly string[] {
    return this.#tags;
  }

  get isFull(): boolean {
    return this.#tags.length > this.#max;
  }

  readonly add = (tag: string): void => {
    if (this.isFull || !tagPattern.test(tag)) return;
    const isSorted = this.#sorted === this.size && tag > (this.#tags.at(-1) ?? '');
    if (isSorted) this.#sorted += 1;
    else if (this.#unsorted.has(tag) || this.#isAmongSorted(tag)) return;
    else this.#unsorted.add(tag);
    this.#tags.push(tag);
  };

  #isAmongSorted(tag: string): boolean {
    let [low, high] = [0, this.#sorted];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#tags[middle] ?? '') < tag) low = middle + 1;
      else high = middle;
    }
    return low < this.#sorted && this.#tags[low] === tag;
  }
}

const faults: Readonly<Record<PageFault, string>> = {
  html: 'the answer is HTML, not a list of tags',
  'not JSON': 'the answer is not JSON',
  'not a list': 'the answer is not a list of tags',
};

/** The content type says little: ECR sends lists as text, and a portal's HTML may be called JSON. */
async function readPage(
  reply: RepositoryReply,
  tags: TagCollection,
  fail: (code: 'malformed', detail: string) => Error,
): Promise<void> {
  const page = await readTagPage(reply.body, tags.add);
  if (typeof page === 'string') throw fail('malformed', faults[page]);
  if (page.hasErrors) throw reply.failure();
  // Without `tags` it is a list only if it says whose.
  if (!page.hasTags && !page.hasName) throw fail('malformed', faults['not a list']);
}
