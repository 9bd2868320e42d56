/** `POST /refresh` (issue 10, 3). */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { addRefreshRoute } from '../../src/web/refresh-route.ts';
import { TokenFile } from '../../src/web/token-file.ts';

function start({ leads = true, token = 'refresh-token-1\n' } = {}) {
  const path = join(mkdtempSync(join(tmpdir(), 'tidewaiter-test-')), 'token');
  writeFileSync(path, token);
  const asked: (readonly string[])[] = [];
  const app = new Hono();
  addRefreshRoute(app, { token: new TokenFile(path), leads: () => leads, ask: (apps) => asked.push(apps) });
  const post = async (query = '', authorization = 'Bearer refresh-token-1', method = 'POST') => {
    const response = await app.request(`/refresh${query}`, { method, headers: { authorization } });
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
  return { post, asked };
}

describe('a request for a refresh', () => {
  it.each([
    ['', []],
    ['?app=argocd/shop', ['argocd/shop']],
    ['?app=argocd/shop&app=team-a%2Fpay', ['argocd/shop', 'team-a/pay']],
  ])('%j asks for a cycle', async (query, apps) => {
    const { post, asked } = start();

    expect(await post(query)).toMatchObject({ status: 202, text: 'a cycle follows\n' });
    expect(asked).toEqual([apps]);
  });

  it.each([
    ['Bearer refresh-token-2', 401],
    ['Bearer ', 401],
    ['', 401],
  ])('with authorization %j is refused', async (authorization, status) => {
    const { post, asked } = start();

    const answer = await post('', authorization);

    expect([answer.status, answer.headers.get('www-authenticate'), asked]).toEqual([
      status,
      'Bearer realm="tidewaiter"',
      [],
    ]);
  });

  it.each([
    ['?app=shop'],
    ['?app='],
    ['?app=argocd/Shop'],
    ['?app=argocd/shop/more'],
    [`?${Array.from({ length: 101 }, () => 'app=argocd/shop').join('&')}`],
  ])('%j is malformed', async (query) => {
    const { post, asked } = start();

    expect([(await post(query)).status, asked]).toEqual([400, []]);
  });

  it('by GET is none', async () => {
    const { post, asked } = start();

    const { status, headers } = await post('', undefined, 'GET');

    expect([status, headers.get('allow'), asked]).toEqual([405, 'POST', []]);
  });

  it('is for the replica that leads', async () => {
    const { post, asked } = start({ leads: false });

    const { status, headers } = await post();

    expect([status, headers.get('retry-after'), asked]).toEqual([503, '30', []]);
  });

  it('is taken by nobody while the token file is empty', async () => {
    const { post, asked } = start({ token: '\n' });

    expect([(await post('', 'Bearer ')).status, asked]).toEqual([503, []]);
  });
});
