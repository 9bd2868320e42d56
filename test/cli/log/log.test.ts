/** The log's shapes, streams and silences. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeError, makeLog, type LogOptions } from '../../../src/cli/log/log.ts';
import { quoteWhereNeeded, renderColoured, renderPlain } from '../../../src/cli/log/log-text.ts';
import { Failed } from '../../../src/core/base/outcome.ts';

const at = Date.parse('2026-01-02T03:04:05.678Z');

function record(message: string, fields: Record<string, unknown> = {}) {
  return { level: 'info', timeMs: at, message, fields } as const;
}

/** Any code points, lone surrogates among them. */
const anyText = fc
  .array(fc.integer({ min: 0, max: 0x10_ffff }))
  .map((codes) => String.fromCodePoint(...codes));

function collect(options: Partial<LogOptions> = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const log = makeLog({
    level: 'info',
    format: 'text',
    colours: true,
    now: () => at,
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => err.push(text) },
    ...options,
  });
  return { log, out, err };
}

describe('text without colours', () => {
  it.each([
    { title: 'a bare word', record: record('hello'), line: 'msg=hello' },
    { title: 'two words', record: record('hello world'), line: 'msg="hello world"' },
    { title: 'fields sorted by name', record: record('m', { b: 'x', a: 1 }), line: 'msg=m a=1 b=x' },
    {
      title: 'characters that need no quotes',
      record: record('m', { a: 'a-b._/@^+Z9' }),
      line: 'msg=m a=a-b._/@^+Z9',
    },
    { title: 'a colon', record: record('m', { image: 'nginx:1.0' }), line: 'msg=m image="nginx:1.0"' },
    { title: 'quotes and backslashes', record: record('say "\\"'), line: 'msg="say \\"\\\\\\""' },
    { title: 'line breaks', record: record('a\r\nb\tc'), line: 'msg="a\\r\\nb\\tc"' },
    { title: 'terminal escapes', record: record('\u001b[31mred'), line: 'msg="\\x1b[31mred"' },
    { title: 'printable Unicode', record: record('größer'), line: 'msg="größer"' },
    { title: 'invisible Unicode', record: record('a\u202eb\u2028'), line: 'msg="a\\u202eb\\u2028"' },
    { title: 'an empty value', record: record('m', { a: '' }), line: 'msg=m a=' },
    { title: 'a reserved field name', record: record('m', { level: 'x' }), line: 'msg=m fields.level=x' },
    { title: 'an absent value', record: record('m', { a: undefined }), line: 'msg=m' },
    { title: 'a list', record: record('m', { a: ['x', 1] }), line: 'msg=m a="[\\"x\\",1]"' },
    { title: 'a list of texts', record: record('m', { a: ['x', 'y'] }), line: 'msg=m a="x, y"' },
  ])('prints $title', ({ record: given, line }) => {
    expect(renderPlain(given)).toBe(`time="2026-01-02T03:04:05Z" level=info ${line}`);
  });

  it('fault O-S1-4: names the applications of a problem up to 4 kB, then how many more there are', () => {
    const names = Array.from({ length: 1000 }, (_, index) => `argocd/app${index}`);

    const line = renderPlain(record('m', { application: names }));
    const [, text = '', more] = /application="([^"]*?) and (\d+) more"/.exec(line) ?? [];

    expect(line.length).toBeLessThan(4200);
    expect(text.split(', ')).toEqual(names.slice(0, 1000 - Number(more)));
    expect(text.length).toBeGreaterThan(4000);
  });

  it('fault O-S1-4: prints JSON with every application of a problem as a list', () => {
    const names = Array.from({ length: 1000 }, (_, index) => `argocd/app${index}`);
    const { log, out } = collect({ format: 'json' });

    log.warning('m', { application: names });

    expect(JSON.parse(out.join(''))).toMatchObject({ application: names });
  });

  it('is one line of printable text, whatever a server sent', () => {
    fc.assert(
      fc.property(anyText, anyText, (message, value) => {
        return !/[\p{Cc}\u2028\u2029]/u.test(renderPlain(record(message, { value })));
      }),
    );
  });

  it('leaves quoted text readable as a JSON string where it is ASCII', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const quoted = quoteWhereNeeded(text);

        return (quoted.startsWith('"') ? JSON.parse(quoted) : quoted) === text;
      }),
    );
  });
});

describe('text in colours', () => {
  it('pads the message, counts seconds since start and paints level and keys', () => {
    expect(renderColoured(record('Processing', { a: 1 }), at - 61_000)).toBe(
      `\u001b[36mINFO\u001b[0m[0061] Processing${' '.repeat(34)}  \u001b[36ma\u001b[0m=1`,
    );
  });

  it('is used on a terminal only, and can be switched off', () => {
    const terminal = (write: (text: string) => unknown) => ({ write, isTTY: true });
    const lines: string[] = [];
    const stdout = terminal((text) => lines.push(text));

    collect({ stdout }).log.info('x');
    collect({ stdout, colours: false }).log.info('x');

    expect(lines[0]?.startsWith('\u001b[36mINFO')).toBe(true);
    expect(lines[1]).toMatch(/^time=/);
  });
});

describe('makeLog', () => {
  it('sends trace to warning to stdout, error and fatal to stderr', () => {
    const { log, out, err } = collect({ level: 'trace' });

    for (const level of ['trace', 'debug', 'info', 'warning', 'error', 'fatal'] as const) log[level]('m');

    const levels = (lines: string[]) => lines.map((line) => /level=(\w+)/.exec(line)?.[1]);
    expect(levels(out)).toEqual(['trace', 'debug', 'info', 'warning']);
    expect(levels(err)).toEqual(['error', 'fatal']);
  });

  it('prints nothing below its level', () => {
    const { log, out, err } = collect({ level: 'warning' });

    log.info('m');
    log.warning('w');

    expect([out.length, err.length]).toEqual([1, 0]);
  });

  it('prints JSON with the keys time, level and msg', () => {
    const { log, out } = collect({ format: 'json' });

    log.warning('two words', { application: 'argocd/web' });

    expect(JSON.parse(out.join(''))).toEqual({
      time: '2026-01-02T03:04:05Z',
      level: 'warning',
      msg: 'two words',
      application: 'argocd/web',
    });
  });

  it.each(['\u0085', '\u2028', '\u202e', '\u200b', '\ufeff', '\u009b', '\u{e0041}', '\u007f'])(
    'fault A16: prints JSON in which %j cannot be seen by a terminal, but by a reader of JSON',
    (mark) => {
      const { log, out } = collect({ format: 'json' });

      log.info(`a${mark}b`, { [`k${mark}`]: mark });

      expect(out.join('')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}](?!$)/u);
      expect(JSON.parse(out.join(''))).toMatchObject({ msg: `a${mark}b`, [`k${mark}`]: mark });
    },
  );

  it('fault A16: prints each record as one line of visible JSON, whatever a server sent', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { log, out } = collect({ format: 'json' });
        log.info(text);
        return /^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+\n$/u.test(out.join(''));
      }),
    );
  });

  it('blanks fields whose names tell of secrets', () => {
    const { log, out } = collect();

    log.info('m', { password: 'hunter2', headers: { authorization: 'hunter2' } });

    expect(out.join('')).not.toContain('hunter2');
  });

  it('says of an error what it is, never what it carries', () => {
    const { log, err } = collect();
    const error = Object.assign(new Error('failed'), {
      code: 'ECONNRESET',
      options: { headers: { authorization: 'Bearer hunter2' } },
    });

    log.error('m', { error });

    expect(err.join('')).toContain('ECONNRESET');
    expect(err.join('')).not.toContain('hunter2');
  });

  it('describes expected failures without a stack', () => {
    expect(describeError(new Failed({ kind: 'config', message: 'no' }))).toEqual({
      kind: 'config',
      message: 'no',
    });
  });
});
