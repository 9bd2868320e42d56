/** `/`, `/status` and `/status.json`. */
import { createHash } from 'node:crypto';
import type { Context, Hono, MiddlewareHandler } from 'hono';
import { html } from 'hono/html';
import { makeDocument } from './status/make-document.ts';
import { statusPage } from './page/status-page.ts';
import { pageScript } from './page/script.ts';
import { pageStyle } from './page/style.ts';
import type { Standing, Status } from './status/status.ts';
import type { TokenFile } from './token-file.ts';
import { choose, readView } from './status/view.ts';

export interface StatusRoutesOptions {
  readonly status: Status;
  readonly standing: () => Standing;
  /** Absent: whoever reaches the port may look. */
  readonly token?: TokenFile;
}

/** What cannot be seen, and may turn around what can: no text of a page needs it. */
const invisible = /[^\P{C}\n]|[\p{Zl}\p{Zp}]/gu;

/** Nothing of another place is loaded, and no script runs but the page's own. */
const policy = [
  `default-src 'none'`,
  `script-src '${hashOf(pageScript)}'`,
  `style-src '${hashOf(pageStyle)}'`,
  `connect-src 'self'`,
  `form-action 'self'`,
  `base-uri 'none'`,
  `frame-ancestors 'none'`,
].join('; ');

const headers = {
  'cache-control': 'no-store',
  'content-security-policy': policy,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

export function addStatusPages(app: Hono, { status, standing, token }: StatusRoutesOptions): void {
  const guard = guardOf(token);
  app.get('/', (context) => context.html(index, 200, headers));
  app.get('/status', guard, async (context) => {
    const view = readView((name) => context.req.query(name));
    const { shown, chosen } = choose(status.applications.named(view.app), view);
    const document = makeDocument(status, standing(), chosen, view.app);
    const page = (await statusPage(document, view, shown)).toString();
    return context.html(page.replaceAll(invisible, '\ufffd'), 200, headers);
  });
  app.get('/status.json', guard, (context) => {
    const { app: only } = readView((name) => context.req.query(name));
    return context.json(
      makeDocument(status, standing(), status.applications.named(only), only),
      200,
      headers,
    );
  });
}

const index = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Tidewaiter</title></head>
<body><ul><li><a href="status">status</a></li><li><a href="status.json">status.json</a></li><li><a href="metrics">metrics</a></li><li><a href="healthz">healthz</a></li></ul></body></html>
`;

function guardOf(token: TokenFile | undefined): MiddlewareHandler {
  return async (context, next) => {
    const admission = await (token?.admit(context.req.header('authorization')) ?? 'admitted');
    if (admission === 'admitted') return await next();
    return admission === 'refused'
      ? challenge(context)
      : context.text('the token file cannot be read\n', 503, headers);
  };
}

function challenge(context: Context): Response {
  const answer = context.text('the token of --status-token-file is needed\n', 401, headers);
  answer.headers.append('www-authenticate', 'Bearer realm="tidewaiter"');
  answer.headers.append('www-authenticate', 'Basic realm="tidewaiter", charset="UTF-8"');
  return answer;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
