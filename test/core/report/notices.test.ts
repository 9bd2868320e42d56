/** What Argo CD Notifications gets to read: bounded, on one line, whatever others wrote. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyProblem } from '../../../src/core/config/keys/annotation-keys.ts';
import { missingImageList } from '../../../src/core/config/keys/missing-list.ts';
import { shortLine } from '../../../src/core/base/short-line.ts';
import {
  failureReasons,
  lastError,
  lastErrorAnnotation,
  lastUpdate,
  lastUpdateAnnotation,
  reasonsIn,
} from '../../../src/core/report/notices.ts';
import type { ApplicationReport } from '../../../src/core/report/report.ts';

const atMs = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

function failing(message: string): ApplicationReport {
  const failure = { kind: 'git', code: 'rejected', repo: 'https://git.test/a', message } as const;
  return { app: 'argocd/web', decisions: [], changes: [], warnings: [], write: { kind: 'failed', failure } };
}

describe('operate 2.0, last-update', () => {
  it('names ten images and counts the others', () => {
    const changes = Array.from({ length: 12 }, (_, i) => ({
      alias: `a${i}`,
      name: 'x'.repeat(1000),
      fullName: 'x'.repeat(1000),
      oldTag: '',
      newTag: '1\n2',
    }));

    const text = lastUpdate(
      { app: 'argocd/web', decisions: [], changes, warnings: [], write: { kind: 'patched' } },
      atMs,
    );

    expect(text?.slice(7, 27)).toBe('2026-01-02T03:04:05Z');
    expect(JSON.parse(text ?? '')).toMatchObject({
      more: 2,
      images: { length: 10, 0: { old: '', new: '1 2' } },
    });
    expect(text?.length).toBeLessThan(12_000);
  });
});

describe('operate 2.0, last-error', () => {
  it('is bounded and on one line, and its reasons are read again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2500 }), (message) => {
        const report = failing(message);
        const reasons = failureReasons(report) ?? [];

        const text = lastError(report, reasons, atMs);

        expect(reasons).toEqual(['write git/rejected']);
        expect(reasonsIn(text)).toEqual(reasons);
        expect(text.length).toBeLessThan(3000);
        expect((JSON.parse(text) as { message: string }).message).not.toMatch(/\p{Cc}/u);
      }),
    );
  });

  it.each([
    '',
    'no JSON',
    '[]',
    '{"reasons":1}',
    '{"reasons":[1,{}]}',
    `{"reasons":["${'x'.repeat(9000)}"]}`,
  ])('of somebody else has no reasons: %.20s', (text) => {
    expect(reasonsIn(text)).toEqual([]);
  });
});

describe('the keys of both', () => {
  it.each([lastUpdateAnnotation, lastErrorAnnotation])(
    '%s is no mistake, with image-list and without',
    (key) => {
      expect(keyProblem(key.split('/')[1] ?? '', new Set())).toBeUndefined();
      expect(missingImageList([key])).toBeUndefined();
    },
  );
});

describe('a short line', () => {
  it.each([
    ['a\u001b[31m\n b\t', 10, 'a [31m b'],
    ['abcdef', 6, 'abcdef'],
    ['abcdefg', 6, 'abcde…'],
    ['abcd\u{1f600}xyz', 6, 'abcd…'],
    [`a${' '.repeat(100)}b`, 6, 'a…'],
  ])('%j of at most %i is %j', (text, most, line) => {
    expect(shortLine(text, most)).toBe(line);
  });
});
