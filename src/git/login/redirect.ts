/** Where a Git server sends us on to, if that is a place the login may be taken to. */
import type { Entrance } from './entrance.ts';
import { ExchangeFault } from '../../net/exchange.ts';
import type { SendRequest } from '../../net/side-request.ts';

const discovery = '/info/refs?service=git-upload-pack';

/**
 * The repository's URL after one redirect of the discovery request, only within the same origin.
 * undefined: it leads elsewhere, or nowhere. Throws `Failed` (git) if there is no login to ask with.
 */
export async function findRedirect(
  repositoryUrl: string,
  hostname: string,
  entrance: Entrance,
  send: SendRequest,
  signal: AbortSignal,
): Promise<string | undefined> {
  const url = repositoryUrl.replace(/\/+$/, '') + discovery;
  const headers = { ...(await entrance.headers(signal)), 'user-agent': 'git/tidewaiter' }; // forges look at it
  const route = await entrance.route(hostname);
  const reply = await send({ method: 'GET', url, headers }, route, signal).catch((error: unknown) => {
    if (error instanceof ExchangeFault) return undefined; // git's own words about the redirect are told instead
    throw error;
  });
  const target = URL.parse(reply?.location ?? '', url);
  if (reply?.location === undefined || target === null || target.origin !== new URL(url).origin)
    return undefined;
  const suffix = '/info/refs';
  if (!target.pathname.endsWith(suffix)) return undefined;
  return target.origin + target.pathname.slice(0, -suffix.length);
}
