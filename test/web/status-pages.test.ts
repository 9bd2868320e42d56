import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AppKey } from '../../src/core/config/application.ts';
import { TokenFile } from '../../src/web/token-file.ts';
import { anApplicationReport } from '../cli/builders.ts';
import { aDecision, aRefusal, aStatus } from './status-builders.ts';

/** What somebody may write into an Application, a tag, or an answer. */
const hostile = [
  `<script>alert(1)</script>`,
  `"><img src=x onerror=alert(1)>`,
  `'></title></style></noscript><b>`,
  `</script><!--`,
  `&lt;b&gt;\u202e\u0000\u2028${'é'.repeat(3)}`,
  `\${alert(1)}\r\nset-cookie: a=b`,
];

function hostileStatus() {
  const bench = aStatus();
  bench.cycle(
    hostile.map((text) =>
      anApplicationReport({
        app: `ns/${text}` as AppKey,
        decisions: [
          aDecision('failed', {
            alias: text,
            entry: text,
            failure: { ...aRefusal, host: text, repository: text, message: text },
          }),
        ],
      }),
    ),
  );
  for (const host of hostile) {
    bench.status.observe({ kind: 'registry-hold', host, hold: { code: 'network', reason: host } });
    bench.status.observe({
      kind: 'git-command',
      command: 'push',
      repository: host,
      ok: false,
      durationMs: 1,
    });
  }
  return bench;
}

/** Tags that a page has beside those of its own making. */
function tagsOf(page: string): readonly string[] {
  return [...page.matchAll(/<([a-z!-][^\s>]*)/gi)].map(([, name = '']) => name.toLowerCase());
}

const ownTags =
  /^(!doctype|html|head|meta|title|style|noscript|body|header|main|section|h1|h2|a|div|dl|dt|dd|p|span|time|ul|li|code|b|details|summary|form|input|select|option|button|table|thead|tbody|tr|th|td|small|br|nav|footer|script)$/;

describe('/status with hostile texts', () => {
  it.each(['', '?app=', '?q=', '?sort=', '?state='])('shows them as texts (%s)', async (query) => {
    const pages = hostileStatus().pages();
    for (const text of query === '' ? [''] : hostile) {
      const page = await (await pages.request(`/status${query}${encodeURIComponent(text)}`)).text();

      expect(tagsOf(page).filter((tag) => !ownTags.test(tag))).toEqual([]);
      expect(page.match(/<script/g)).toHaveLength(1);
      expect(page.replaceAll(/"[^"]*"/g, '""')).not.toMatch(/<[^>]* on\w+=|<img/);
      expect(page).not.toMatch(/\u202e|\u0000/); // oxlint-disable-line no-control-regex
    }
  });

  it('lets no text into a header', async () => {
    const pages = hostileStatus().pages();
    for (const path of ['/status', '/status.json'])
      for (const text of hostile) {
        const { headers, status } = await pages.request(`${path}?app=${encodeURIComponent(`ns/${text}`)}`);
        expect(status).toBe(200);
        expect(headers.get('set-cookie')).toBeNull();
      }
  });

  it('is JSON at /status.json, and no page', async () => {
    const answer = await hostileStatus().pages().request('/status.json');

    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    const { applications } = (await answer.json()) as { applications: { name: string }[] };
    expect(applications.map(({ name }) => name)).toEqual(hostile.map((text) => `ns/${text}`).toSorted());
  });

  it('runs no script, and loads nothing, but its own', async () => {
    const answer = await aStatus().pages().request('/status');
    const page = await answer.text();
    const policy = answer.headers.get('content-security-policy') ?? '';
    const hashOf = (tag: string) => {
      const text = new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(page)?.[1] ?? '';
      return `sha256-${createHash('sha256').update(text).digest('base64')}`;
    };

    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`script-src '${hashOf('script')}'`);
    expect(policy).toContain(`style-src '${hashOf('style')}'`);
    expect(policy).not.toContain('unsafe');
    expect(page).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(page).toContain('<noscript><meta http-equiv="refresh"');
  });
});

describe('/status of many', () => {
  const many = () => {
    const bench = aStatus();
    bench.cycle(
      Array.from({ length: 250 }, (_, i) =>
        anApplicationReport({
          app: `team-${i % 5}/app-${String(i).padStart(3, '0')}` as AppKey,
          decisions: [i === 77 ? aDecision('failed', { failure: aRefusal }) : aDecision('current')],
        }),
      ),
    );
    return async (query: string) => await (await bench.pages().request(`/status${query}`)).text();
  };
  const names = (page: string) => [...page.matchAll(/<tbody id="([^"]+)"/g)].map(([, name]) => name);

  it('shows what fails first, and a hundred at a time', async () => {
    const read = many();
    const first = names(await read(''));

    expect(first).toHaveLength(100);
    expect(first[0]).toBe('team-2/app-077');
    expect(names(await read('?page=3'))).toHaveLength(50);
    expect(names(await read('?page=99'))).toHaveLength(50);
    expect(names(await read('?page=-1&sort=name'))[0]).toBe('team-0/app-000');
  });

  it('finds by all the words, by state, and one by its name', async () => {
    const read = many();

    expect(names(await read('?q=TEAM-2+077'))).toEqual(['team-2/app-077']);
    expect(names(await read('?state=failing'))).toEqual(['team-2/app-077']);
    expect(names(await read('?app=team-1/app-001'))).toEqual(['team-1/app-001']);
    expect(await read('?app=team-1/none')).toContain('team-1/none is not known');
    expect(await read('?q=nothing-like-it')).toContain('No Application matches');
  });
});

describe('--status-token-file', () => {
  function aToken(text: string) {
    const folder = mkdtempSync(join(tmpdir(), 'token-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'token');
    writeFileSync(path, text);
    const pages = aStatus().pages({ token: new TokenFile(path) });
    const ask = async (authorization?: string, where = '/status.json') =>
      (await pages.request(where, authorization === undefined ? {} : { headers: { authorization } })).status;
    return { path, pages, ask };
  }
  const basic = (password: string) => `Basic ${Buffer.from(`me:${password}`).toString('base64')}`;

  it('admits whoever has the token, and nobody else', async () => {
    const { ask, pages } = aToken('s3cret\n');

    for (const where of ['/status', '/status.json']) {
      expect(await ask('Bearer s3cret', where)).toBe(200);
      expect(await ask(basic('s3cret'), where)).toBe(200);
      for (const wrong of [undefined, '', 'Bearer', 'Bearer s3cre', 'Bearer s3cret2', basic('x'), 's3cret'])
        expect(await ask(wrong, where)).toBe(401);
    }
    const refused = await pages.request('/status');
    expect(refused.headers.get('www-authenticate')).toContain('Bearer');
    expect(await refused.text()).not.toContain('v9.9.9');
  });

  it('is read again when it changes, and admits nobody while it cannot be read', async () => {
    const { path, ask } = aToken('one');
    expect(await ask('Bearer one')).toBe(200);
    writeFileSync(`${path}.new`, 'another');
    renameSync(`${path}.new`, path);
    expect(await ask('Bearer one')).toBe(401);
    expect(await ask('Bearer another')).toBe(200);

    for (const text of ['', ' \n', 'x'.repeat(5_000)]) {
      writeFileSync(path, text);
      expect(await ask(`Bearer ${text.trim()}`)).toBe(503);
    }
    rmSync(path);
    expect(await ask('Bearer another')).toBe(503);
  });
});
