/** Lists the tags of a repository, all pages of it or none. */
import * as z from 'zod';
import { parseJson } from '../core/base/json.ts';
import type { RepositoryAccess, RepositoryReply, RepositoryRequest } from './access/access.ts';
import { registryFailed } from './access/error.ts';
import type { RegistryLimits } from './access/limits.ts';
import { readNextPage } from './next-page.ts';

const pageSize = 1_000; // ECR refuses more

const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

const page = z.object({ tags: z.array(z.string()).nullable() });
/** Without `tags` it is a list only if it says whose. */
const emptyPage = z.object({ name: z.string(), tags: z.undefined().optional() });

const request = {
  action: 'list tags of',
  method: 'GET',
  path: 'tags/list',
  accept: 'application/json',
  mustExist: true,
} satisfies Partial<RepositoryRequest>;

/**
 * All tags, in the registry's order, each once; names that the distribution-spec forbids are left out, nobody
 * could pull them. Throws `Failed` unless every page arrived. `sizeless` remembers the API URLs that refuse a page
 * size. Source: registry.md 5.1, 5.4.
 */
export async function listTags(
  access: RepositoryAccess,
  limits: RegistryLimits,
  sizeless: Set<string>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const fail = (code: 'malformed' | 'too-large', detail: string) =>
    registryFailed(access.purpose(request), code, detail);
  const tags = new Set<string>();
  const seen = new Set<string>();
  const { apiUrl } = access.owner.endpoint;
  let query = sizeless.has(apiUrl) ? new URLSearchParams() : new URLSearchParams({ n: String(pageSize) });
  for (let pages = 1; ; pages += 1) {
    if (pages > limits.maxPages) throw fail('too-large', `more than ${limits.maxPages} pages`);
    if (seen.has(query.toString())) throw fail('malformed', 'the pages run in a circle');
    seen.add(query.toString());
    const reply = await access.send({ ...request, query, maxBytes: limits.maxPageBytes }, signal);
    if (pages === 1 && refusesPageSize(reply, query)) {
      sizeless.add(apiUrl);
      query = new URLSearchParams();
      continue;
    }
    if (reply.status !== 200) throw reply.failure();
    addTags(tags, readPage(reply, fail));
    if (tags.size > limits.maxTags) throw fail('too-large', `more than ${limits.maxTags} tags`);
    const next = readNextPage(reply.headers['link']?.toString(), query);
    if (next === undefined) return [...tags];
    if (next === 'broken') throw fail('malformed', 'the link to the next page cannot be read');
    query = next.query;
  }
}

function refusesPageSize({ status }: RepositoryReply, query: URLSearchParams): boolean {
  return (status === 400 || status === 405) && query.has('n');
}

function addTags(tags: Set<string>, listed: readonly string[]): void {
  for (const tag of listed) if (tagPattern.test(tag)) tags.add(tag);
}

/** The content type says little: ECR sends lists as text, and a portal's HTML may be called JSON. */
function readPage(
  reply: RepositoryReply,
  fail: (code: 'malformed', detail: string) => Error,
): readonly string[] {
  const text = reply.body.toString('utf8');
  if (text.trimStart().startsWith('<')) throw fail('malformed', 'the answer is HTML, not a list of tags');
  const body = parseJson(text);
  if (body === undefined) throw fail('malformed', 'the answer is not JSON');
  const listed = page.safeParse(body);
  if (listed.success) return listed.data.tags ?? [];
  if (emptyPage.safeParse(body).success) return [];
  throw fail('malformed', 'the answer is not a list of tags');
}
