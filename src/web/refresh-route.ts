/** `POST /refresh`: a cycle now, for all Applications or for those that are named. */
import type { Context, Hono } from 'hono';
import type { TokenFile } from './token-file.ts';

export interface RefreshRouteOptions {
  readonly token: TokenFile;
  /** False: another replica runs the cycles. */
  readonly leads: () => boolean;
  /** Asks for a cycle; `namespace/name` each, none: for all. */
  readonly ask: (apps: readonly string[]) => void;
}

const maxApps = 100;
const retryAfterSeconds = 30;
/** Namespace and name, each at most 253 characters. */
const appName = /^[a-z0-9][-a-z0-9.]{0,252}\/[a-z0-9][-a-z0-9.]{0,252}$/;
const headers = { 'cache-control': 'no-store' };

export function addRefreshRoute(app: Hono, { token, leads, ask }: RefreshRouteOptions): void {
  app.all('/refresh', async (context) => {
    if (context.req.method !== 'POST') return refuse(context, 405, 'only POST is taken', { allow: 'POST' });
    const admission = await token.admit(context.req.header('authorization'));
    if (admission === 'unreadable') return refuse(context, 503, 'the token file cannot be read');
    if (admission === 'refused')
      return refuse(context, 401, 'the token of --refresh-token-file is needed', {
        'www-authenticate': 'Bearer realm="tidewaiter"',
      });
    const apps = context.req.queries('app') ?? [];
    if (apps.length > maxApps || !apps.every((name) => appName.test(name)))
      return refuse(
        context,
        400,
        `expected at most ${maxApps} times ?app=<namespace>/<name>, or none for all`,
      );
    if (!leads())
      return refuse(context, 503, 'another replica runs the cycles', {
        'retry-after': `${retryAfterSeconds}`,
      });
    ask(apps);
    return context.text('a cycle follows\n', 202, headers);
  });
}

function refuse(
  context: Context,
  status: 400 | 401 | 405 | 503,
  text: string,
  more: Readonly<Record<string, string>> = {},
): Response {
  return context.text(`${text}\n`, status, { ...headers, ...more });
}
