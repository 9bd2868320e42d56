/** Lines of 0.18.0, as its log has them. */
import { describe, expect, it } from 'vitest';
import { lineTeller } from '../../../src/cli/log/teller.ts';
import { oldLines, withOldLines } from '../../../src/cli/run/old-lines.ts';
import { renderPlain } from '../../../src/cli/log/log-text.ts';
import { makeLog } from '../../../src/cli/log/log.ts';
import type { Decision } from '../../../src/core/decide/decision.ts';
import { type ImageRef, parseImageRef } from '../../../src/core/image/image.ts';
import type { WriteResult } from '../../../src/core/report/report.ts';
import { runInProcess, temporaryFolder } from '../start-program.ts';
import { aChange, anApplicationReport } from '../builders.ts';

const name = 'gcr.io/heptio-images/ks-guestbook-demo';

function image(text: string): ImageRef {
  const parsed = parseImageRef(text);
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return parsed.value;
}

const update = {
  kind: 'update',
  index: 0,
  alias: 'guestbook',
  entry: `guestbook=${name}`,
  trace: { dropped: [] },
  image: { alias: 'guestbook', ref: image(name) },
  from: image(`${name}:0.1`),
  to: image(`${name}:0.2`),
} as unknown as Decision;

function report(write: WriteResult) {
  const decisions = [update];
  return anApplicationReport({ app: 'argocd/a1', decisions, write, changes: [aChange()] });
}

function linesOf(write: WriteResult): readonly string[] {
  return oldLines(report(write)).map((line) =>
    renderPlain({ ...line, timeMs: 0 }).replace(/^time="[^"]*" /, ''),
  );
}

const committed: WriteResult = { kind: 'committed', sha: 'abc', branch: 'main', repo: 'r', scalars: [] };
const fields =
  'alias=guestbook application=a1 image_name=heptio-images/ks-guestbook-demo image_tag=0.1 registry=gcr.io';
const setting = `level=info msg="Setting new image to ${name}:0.2" ${fields}`;
const updated = (dry: boolean) =>
  `level=info msg="Successfully updated image '${name}:0.1' to '${name}:0.2', but pending spec update (dry run=${dry})" ${fields}`;
const committing = 'level=info msg="Committing 1 parameter update(s) for application a1" application=a1';
const done = 'level=info msg="Successfully updated the live application spec" application=a1';

describe('issue 10, --log-lines 0.18', () => {
  it('says of a commit what 0.18 says', () => {
    expect(linesOf(committed)).toEqual([
      setting,
      updated(false),
      committing,
      'level=info msg="git push origin main" application=a1',
      done,
    ]);
  });

  it('says of a live patch what 0.18 says', () => {
    expect(linesOf({ kind: 'patched' })).toEqual([setting, updated(false), committing, done]);
  });

  it('says of a dry run what 0.18 says', () => {
    expect(linesOf({ kind: 'dry-run', would: { kind: 'patch', operations: [] } })).toEqual([
      setting,
      updated(true),
      'level=info msg="Dry run - not committing 1 changes to application" application=a1',
    ]);
  });

  it('says of what is written already that it is set', () => {
    expect(linesOf({ kind: 'unchanged' })).toEqual([
      `level=info msg="New image ${name}:0.2 already set in spec" ${fields}`,
    ]);
  });

  it('claims no success of a write that failed', () => {
    const failure = { kind: 'git', code: 'rejected', repo: 'r', message: 'no' } as const;

    expect(linesOf({ kind: 'failed', failure })).toEqual([setting, updated(false), committing]);
  });

  it('comes beside our own lines', () => {
    const out: string[] = [];
    const sink = { write: (text: string) => out.push(text) };
    const log = makeLog({
      level: 'info',
      format: 'text',
      colours: false,
      now: () => 0,
      stdout: sink,
      stderr: sink,
    });

    withOldLines(lineTeller(log), log).application(report(committed));

    expect(out.join('')).toContain('msg="Setting new image');
    expect(out.join('')).toContain('msg="Image updated"');
  });

  it.each([
    { title: 'is off by default', flags: [], environment: {}, isThere: false },
    { title: 'is a flag', flags: ['--log-lines=0.18'], environment: {}, isThere: true },
    { title: 'is a variable', flags: [], environment: { IMAGE_UPDATER_LOG_LINES: '0.18' }, isThere: true },
  ])('$title', async ({ flags, environment, isThere }) => {
    const argv = ['run', '--once', `--applications=${temporaryFolder()}`, ...flags];

    const { stdout } = await runInProcess(argv, environment);

    expect(stdout.includes('Finished cache warm-up')).toBe(isThere);
    expect(stdout.includes('ArgoCD configuration: [')).toBe(isThere);
    expect(/msg="argocd-image-updater v\S+ starting \[loglevel:INFO, interval:/.test(stdout)).toBe(isThere);
  });
});
