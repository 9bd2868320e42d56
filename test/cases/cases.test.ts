/** What must come out of each case folder; its `expected.md` says it in words. */
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { LogRecord } from '../e2e/support/log.ts';
import { type CaseOutcome, committedCases, runCase } from './run-case.ts';

/** Cases whose outcome is not yet what their folder says: each fails until it is mended, then its line here goes. */
const notYet: ReadonlySet<string> = new Set([]);

interface Expectation {
  /** The row of the list of faults. */
  readonly row: string;
  readonly check: (outcome: CaseOutcome) => void;
}

const values = 'apps/x/values.yaml';

const expectations: Readonly<Record<string, Expectation>> = {
  '01-shared-unused-name-key': {
    row: 'C1',
    check: ({ files, commits }) => {
      const written = parse(files['apps/x/.argocd-source-dev.yaml'] ?? '') as Override;
      expect(Object.fromEntries(written.helm.parameters.map(({ name, value }) => [name, value]))).toEqual({
        'not.used': 'registry.example.com/acme/web',
        'global.apiVersion': '792',
        'global.appVersion': '1853',
      });
      expect(commits).toHaveLength(1);
    },
  },
  '02-values-target-that-nothing-reads': {
    row: 'C3',
    check: ({ problems, commits }) => {
      expect(commits).toEqual([]);
      expect(told(problems)).toMatch(/environments\/dev\/values\.yaml/);
      expect(told(problems)).toContain('helmvalues:/environments/dev/values.yaml');
    },
  },
  '03-name-in-file-is-another-image': {
    row: 'C2',
    check: ({ files }) => {
      expect(imageIn(files)).toEqual({
        repository: 'ghcr.io/acme/web',
        pullPolicy: 'IfNotPresent',
        tag: '1.1.0',
      });
    },
  },
  '05-run-numbers-by-alphabet': {
    row: 'C5',
    check: ({ files, problems }) => {
      expect(imageIn(files)['tag']).toBe('main-99');
      expect(told(problems)).toMatch(/main-101 counts as older than main-99.*newest-build/);
    },
  },
  '07-prerelease-without-constraint': {
    row: 'C5',
    check: ({ files, problems }) => {
      expect(imageIn(files)['tag']).toBe('v2.3.0-rc.0.18.g1abb7b5dd-ppc64le');
      expect(told(problems)).toMatch(/pre-release.*v2\.2\.0.*>=0/);
    },
  },
  '08-running-tag-is-no-version': {
    row: 'C9',
    check: ({ files, problems }) => {
      expect(imageIn(files)['tag']).toBe('1.2.0');
      expect(problems).toEqual([]);
    },
  },
  '09-image-list-without-commas': {
    row: 'C11',
    check: ({ problems, commits }) => {
      expect(commits).toEqual([]);
      expect(problems).toHaveLength(1);
      expect(problems[0]?.message).toMatch(/comma/);
      expect(problems[0]?.message.length).toBeLessThan(200);
    },
  },
  '11-path-that-is-not-there': {
    row: 'C10',
    check: ({ problems, commits }) => {
      expect(commits).toEqual([]);
      expect(told(problems)).toMatch(/overlays\/dev.*main/);
      expect(told(problems)).toContain('overlays/prod');
    },
  },
  '13-rollout-left-behind': {
    row: 'C7',
    check: ({ files }) => {
      expect(files['apps/x/deploy.yaml']).toContain('acme/web:1.0.1');
      expect(files['apps/x/rollout.yaml']).toContain('acme/web:1.0.1');
    },
  },
  '15-deprecated-name-many-times': {
    row: 'C11',
    check: ({ log }) => {
      const lines = log.filter(({ message }) => message.includes('latest'));
      expect(lines).toHaveLength(1);
      expect(lines[0]?.level).toBe('info');
      for (const name of ['s0', 's1', 's2']) expect(JSON.stringify(lines[0]?.fields)).toContain(name);
    },
  },
  '16-four-part-version': {
    row: 'C9',
    check: ({ problems, commits }) => {
      expect(commits).toEqual([]);
      expect(told(problems)).toMatch(/three numbers.*newest-build.*alphabetical/);
    },
  },
  '17-two-aliases-one-repository': {
    row: 'C4',
    check: ({ files, log }) => {
      const { app, mig } = parse(files[values] ?? '') as Readonly<
        Record<string, Readonly<Record<string, string>>>
      >;
      expect([app?.['tag'], mig?.['tag']]).toEqual(['main-bbb', 'v1.1.0']);
      const changes = log.filter(({ message }) => message === 'Image updated');
      expect(changes.map(({ fields }) => `${fields['old']} to ${fields['new']}`).toSorted()).toEqual([
        'main-aaa to main-bbb',
        'v1.0.0 to v1.1.0',
      ]);
    },
  },
  '20-old-from-chart-values': {
    row: 'O-S3-20',
    check: ({ log, commits }) => {
      const [change] = log.filter(({ message }) => message === 'Image updated');
      expect(change?.fields).toMatchObject({ old: '2.1.0', new: '2.1.5' });
      expect(commits[0]).toContain("updates image acme/web tag '2.1.0' to '2.1.5'");
    },
  },
};

interface Override {
  readonly helm: { readonly parameters: readonly { readonly name: string; readonly value: string }[] };
}

function imageIn(files: CaseOutcome['files']): Readonly<Record<string, unknown>> {
  const { image } = parse(files[values] ?? '') as { readonly image: Readonly<Record<string, unknown>> };
  return image;
}

/** Everything that warnings and errors say, on one line. */
function told(problems: readonly LogRecord[]): string {
  return problems.map(({ message, fields }) => [message, ...Object.values(fields)].join(' ')).join(' | ');
}

describe('a case from a public report', () => {
  it('has an expectation here for each folder of this repository', () => {
    expect(Object.keys(expectations).toSorted()).toEqual(committedCases());
  });

  for (const [name, { row, check }] of Object.entries(expectations)) {
    const test = notYet.has(name) ? it.fails : it;
    test(`fault ${row}: ${name}`, async () => check(await runCase(name)));
  }
});
