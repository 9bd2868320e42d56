import { describe, expect, test } from 'vitest';
import {
  resumableVersion,
  rollbackVerdict,
  type TakenBack,
} from '../../../../src/core/policy/rollback/taken-back.ts';

const commit = '81db295'.padEnd(40, '0');
const taken: TakenBack = {
  code: 'rollback',
  held: { tag: '2.1.4' },
  versions: [{ tag: '2.1.5' }],
  by: { commit, name: 'Ann\u001b[31m' },
  sinceMs: 5,
};

describe('what people are told of a version that was taken back', () => {
  test.each<[string, TakenBack, string, string]>([
    [
      'rollback',
      taken,
      '2.1.5 was taken back to 2.1.4',
      'a version newer than 2.1.5, or tidewaiter resume argocd/shop web',
    ],
    [
      'nothing known',
      { code: 'rollback-unsure', held: { tag: '2.1.4' }, versions: [], why: 'commit 1234567 is gone' },
      'whether 2.1.4 is a step back cannot be told: commit 1234567 is gone',
      'tidewaiter resume argocd/shop web',
    ],
    [
      'another digest of the tag',
      { ...taken, held: { tag: '1', digest: 'sha256:aa' }, versions: [{ tag: '1', digest: 'sha256:bb' }] },
      '1@sha256:bb was taken back to 1@sha256:aa',
      'a version newer than 1, or tidewaiter resume argocd/shop web',
    ],
  ])('%s', (_, what, reason, ends) => {
    expect(rollbackVerdict(what, { kind: 'semver' }, 'argocd/shop', 'web')).toMatchObject({
      code: what.code,
      kind: 'held',
      reason,
      ends,
    });
  });

  test('whom it blames, without control characters', () => {
    expect(rollbackVerdict(taken, { kind: 'semver' }, 'argocd/shop', '')).toMatchObject({
      by: 'commit 81db295 of Ann [31m',
      sinceMs: 5,
      ends: 'a version newer than 2.1.5, or tidewaiter resume argocd/shop',
    });
  });

  test('another digest ends it, where a tag is followed', () => {
    const digests: TakenBack = { ...taken, versions: [{ tag: 'main', digest: 'sha256:bb' }] };

    expect(rollbackVerdict(digests, { kind: 'digest', tag: 'main' }, 'argocd/shop', 'web').ends).toBe(
      'another digest, or tidewaiter resume argocd/shop web',
    );
  });

  test('what resume has to name', () => {
    expect(resumableVersion(taken)).toBe('2.1.5');
    expect(resumableVersion({ ...taken, versions: [] })).toBe('2.1.4');
  });
});
