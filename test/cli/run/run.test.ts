/** The command `run`: what it starts with, serves, prints, and how it stops. */
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { parseTextFormat, valueOf } from '../../web/text-format.ts';
import { runInProcess, runToEnd, startProgram, temporaryFolder } from '../start-program.ts';
import { freePort } from '../../fakes/free-port.ts';

/** Files of settings and an Application in a folder of its own. */
function aSetting(files: Readonly<Record<string, string>> = {}) {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'applications'));
  for (const [name, text] of Object.entries({ 'registries.conf': '', 'commit.template': '', ...files })) {
    writeFileSync(join(folder, name), text);
  }
  const path = (name: string) => join(folder, name);
  const argv = [
    'run',
    `--applications=${path('applications')}`,
    `--registries-conf-path=${path('registries.conf')}`,
    `--git-commit-message-path=${path('commit.template')}`,
    `--cache-dir=${path('cache')}`,
  ];
  return { path, argv };
}

const nothingThere = /nothing to update in/;

const servers: Server[] = [];

async function serve(listener: Parameters<typeof createServer>[1]): Promise<number> {
  const server = createServer(listener);
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

function applicationOf(imageList: string): string {
  return JSON.stringify({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name: 'web',
      namespace: 'argocd',
      annotations: {
        'argocd-image-updater.argoproj.io/image-list': imageList,
        'argocd-image-updater.argoproj.io/write-back-method': 'git',
      },
    },
    spec: { source: { repoURL: 'https://git.test/acme/deploy.git', path: 'web', targetRevision: 'main' } },
    status: { sourceType: 'Kustomize', summary: { images: ['reg.test/acme/web:1.0.0'] } },
  });
}

/** An Application whose one image lies in a registry that takes requests and never answers. */
async function waitingForEver() {
  const asked = Promise.withResolvers<void>();
  const port = await serve(() => asked.resolve());
  const setting = aSetting({
    'registries.conf': `registries:\n- name: test\n  prefix: reg.test\n  api_url: http://127.0.0.1:${port}\n`,
    'applications/web.yaml': applicationOf('web=reg.test/acme/web:1.x'),
  });
  return { ...setting, asked: asked.promise };
}

describe('run --once', () => {
  it('prints the two lines of 0.18 for its cycle and exits with 0', async () => {
    const { argv } = aSetting();

    const { code, stdout, stderr } = await runToEnd([...argv, '--once'], {}, { expects: [nothingThere] });

    expect([code, stderr]).toEqual([0, '']);
    const messages = [...stdout.matchAll(/level=(\w+) msg="([^"]+)"/g)].map(
      ([, level, text]) => `${level}: ${text}`,
    );
    expect(messages).toEqual([
      expect.stringMatching(
        /^info: tidewaiter v\S+ starting \[loglevel:INFO, interval:once, healthport:off\]$/,
      ),
      expect.stringMatching(/^info: Loaded 0 registry configurations from \/.+\/registries\.conf$/),
      'info: Starting image update cycle, considering 0 annotated application(s) for update',
      expect.stringMatching(/^warning: nothing to update in \/.+\/applications: no Application$/),
      'info: Processing results: applications=0 images_considered=0 images_skipped=0 images_updated=0 errors=0',
    ]);
  });

  it('logs JSON where asked to', async () => {
    const { argv } = aSetting();

    const { stdout } = await runInProcess([...argv, '--once', '--logformat=json']);

    const records = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    for (const { duration_ms: _, ...record } of records)
      expect(Object.keys(record).sort()).toEqual(['level', 'msg', 'time']);
  });

  it('fault O-S2-10: exits with 0 although a file failed, and says which one on stderr', async () => {
    const { argv, path } = aSetting();
    writeFileSync(path('applications/bad.yaml'), 'a: [1\n');

    const { code, stderr } = await runInProcess([...argv, '--once']);

    expect(code).toBe(0);
    expect(stderr).toContain(`file=${path('applications/bad.yaml')}`);
    expect(stderr).toContain('advice="correct the file or leave it out; it is left alone until then"');
    expect(stderr).not.toMatch(/at .*\.ts:\d+/);
  });

  it.each([
    { title: 'a file that cannot be read', file: 'a: [1\n', code: 2 },
    { title: 'an image that cannot be read', file: applicationOf('web=UPPER/Case'), code: 2 },
    { title: 'nothing to do', file: '', code: 0 },
  ])('fault O-S3-28: --exit-code ends with $code on $title', async ({ file, code: expected }) => {
    const { argv } = aSetting({ 'applications/web.yaml': file });

    const { code, stdout } = await runInProcess([...argv, '--once', '--exit-code']);

    expect(code).toBe(expected);
    expect(stdout).toContain(`errors=${expected === 2 ? 1 : 0}`);
  });

  it('fault O-S3-28: --exit-code ends with 2 where a registry cannot be reached, with 1 where it cannot start', async () => {
    const port = await freePort();
    const { argv } = aSetting({
      'registries.conf': `registries:\n- name: test\n  prefix: reg.test\n  api_url: http://127.0.0.1:${port}\n`,
      'applications/web.yaml': applicationOf('web=reg.test/acme/web:1.x'),
    });
    const run = async (...more: readonly string[]) => await runInProcess([...argv, ...more, '--exit-code']);

    expect((await run('--once')).code).toBe(2);
    expect((await run('--once', '--applications=/does/not/exist')).code).toBe(1);
    const without = await run();
    expect(without.code).toBe(1);
    expect(without.stderr).toContain('--exit-code tells how a single cycle ended; give --once too');
  });

  it('fault O-S2-10: exits with 1 where the folder of the Applications is not there', async () => {
    const { argv } = aSetting();

    const { code, stderr } = await runInProcess([...argv, '--once', '--applications=/does/not/exist']);

    expect(code).toBe(1);
    expect(stderr).toContain('--applications \\"/does/not/exist\\": no such file or folder');
  });

  it('takes flags before the command and every variable of the manifests', async () => {
    const { argv } = aSetting();

    const { code, stdout } = await runInProcess(['--enable-http2', ...argv], {
      IMAGE_UPDATER_INTERVAL: '0',
    });

    expect(code).toBe(0);
    expect(stdout).toContain('msg="accepted, but without effect in this version: --enable-http2"');
  });
});

describe('files of settings', () => {
  it('that are missing are warned of', async () => {
    const { argv } = aSetting();
    const absent = [
      '--registries-conf-path=/no/registries.conf',
      '--git-commit-message-path=/no/commit.template',
      '--git-commit-group-message-path=/no/commit-group.template',
    ];

    const { code, stdout } = await runInProcess([...argv, ...absent, '--once']);

    expect(code).toBe(0);
    expect(
      stdout.match(/level=warning msg="\/no\/[a-z.-]+: no such file; the built-in default is used"/g),
    ).toHaveLength(3);
  });

  it('fault O-S1-5: warns of a commit template that fails on data', async () => {
    const { argv } = aSetting({ 'commit.template': '{{ .AppNam }}' });

    const { code, stdout } = await runInProcess([...argv, '--once']);

    expect(code).toBe(0);
    expect(stdout).toMatch(
      /level=warning.*commit\.template: .*AppNam.*build: update of application example-app/,
    );
  });

  it.each([
    { file: 'registries.conf', text: 'registries:\n- name: x\n  nope: 1\n', problem: 'nope' },
    {
      file: 'registries.conf',
      text: 'registries:\n- {name: x, prefix: x, api_url: https://x, credentials: pullsecrets:a/b}\n',
      problem: 'credentials: credential source',
    },
    { file: 'commit.template', text: '{{ if }}', problem: 'commit.template: ' },
  ])('#20 $file that is invalid ends the program with 1', async ({ file, text, problem }) => {
    const { argv } = aSetting({ [file]: text });

    const { code, stderr } = await runInProcess([...argv, '--once']);

    expect(code).toBe(1);
    expect(stderr).toMatch(/level=fatal/);
    expect(stderr).toContain(problem);
  });
});

describe('what cannot be started', () => {
  it('fault O-S3-18: says nothing of default files that are not there', async () => {
    const { code, stdout, stderr } = await runInProcess(['run', '--once']);

    expect(code).toBe(1);
    expect(stdout).not.toMatch(/no such file/);
    expect(stderr).toMatch(/no Kubernetes cluster/);
  });

  it('is a program without a cluster', async () => {
    const { code, stderr } = await runToEnd(
      ['run', '--once'],
      {},
      {
        expects: [/no Kubernetes cluster/],
      },
    );

    expect(code).toBe(1);
    expect(stderr).toMatch(/^time=\S+ level=fatal msg=.*\n$/);
  });

  it('is a health server on a port that is in use', async () => {
    const { argv } = aSetting();
    const port = await serve(() => undefined);

    const { code, stderr } = await runInProcess([
      ...argv,
      `--health-port=0`,
      '--metrics-port=0',
      `--health-probe-bind-address=127.0.0.1:${port}`,
    ]);

    expect(code).toBe(1);
    expect(stderr).toContain(`health server: cannot listen on 127.0.0.1:${port}`);
  });
});

describe('the daemon', () => {
  it('serves /healthz, runs a cycle and exits with 0 after SIGTERM', async () => {
    const { argv } = aSetting();
    const port = await freePort();
    const program = startProgram(
      [...argv, `--health-port=${port}`, '--metrics-port=0'],
      {},
      { expects: [nothingThere] },
    );
    await program.printed('Processing results');

    const health = await fetch(`http://127.0.0.1:${port}/healthz`);
    program.signal('SIGTERM');
    const { code, stdout, stderr } = await program.ended;

    expect([health.status, await health.text()]).toEqual([200, 'OK\n']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/SIGTERM received, nothing new is begun[^]*Stopped/);
  });

  it('serves /metrics with what the cycle did, and /healthz, on the port of 0.18 or another', async () => {
    const { argv } = aSetting();
    const port = await freePort();
    const program = startProgram(
      [...argv, '--health-port=0', `--metrics-port=${port}`],
      {},
      { expects: [nothingThere] },
    );
    await program.printed('Processing results');

    const page = await fetch(`http://127.0.0.1:${port}/metrics`);
    const health = await fetch(`http://127.0.0.1:${port}/healthz`);
    program.signal('SIGTERM');
    await program.ended;

    expect(page.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const found = parseTextFormat(await page.text());
    expect(valueOf(found, 'argocd_image_updater_applications_watched_total')).toBe(0);
    expect(valueOf(found, 'tidewaiter_cycle_duration_seconds_count')).toBe(1);
    expect(valueOf(found, 'process_start_time_seconds')).toBeGreaterThan(1_700_000_000);
    expect(health.status).toBe(200);
  });

  it('does not start on a port of metrics that was asked for and is taken', async () => {
    const { argv } = aSetting();
    const taken = await serve(() => undefined);
    const wanted = await runInProcess([...argv, '--health-port=0', `--metrics-port=${taken}`]);

    expect(wanted.code).toBe(1);
    expect(wanted.stderr).toContain(`metrics server: cannot listen on :${taken}`);
  });

  it('starts another cycle after the interval', async () => {
    const { argv } = aSetting();
    const program = startProgram(
      [...argv, '--health-port=0', '--metrics-port=0', '--interval=10ms'],
      {},
      { expects: [/an interval below 1m/, nothingThere] },
    );

    const stdout = await program.printed('Processing results', 3);
    program.signal('SIGINT');

    expect(stdout).toContain('interval:10ms');
    expect((await program.ended).code).toBe(0);
  });

  it('runs a cycle for all at SIGUSR1, and opens no debugger', async () => {
    const { argv } = aSetting();
    const program = startProgram(
      [...argv, '--health-port=0', '--metrics-port=0', '--interval=1h'],
      {},
      { expects: [/nothing to update/] },
    );
    await program.printed('Processing results');

    program.signal('SIGUSR1');
    await program.printed('Processing results', 2);
    program.signal('SIGTERM');
    const { code, stdout, stderr } = await program.ended;

    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('SIGUSR1 received, a cycle for all Applications follows');
  });

  it('lets the running cycle go on after a signal, until the grace is over', async () => {
    const { argv, asked } = await waitingForEver();
    const program = startProgram(
      [...argv, '--health-port=0', '--metrics-port=0', '--shutdown-grace=100ms'],
      {},
      { expects: [/cancelled/] },
    );
    await asked;

    program.signal('SIGTERM');
    const { code, stdout } = await program.ended;

    expect(code).toBe(0);
    expect(stdout).toMatch(/SIGTERM received, nothing new is begun[^]*grace is over[^]*Stopped/);
  });

  it('gives up at once after a second signal', async () => {
    const { argv, asked } = await waitingForEver();
    const program = startProgram(
      [...argv, '--health-port=0', '--metrics-port=0', '--shutdown-grace=1h'],
      {},
      { expects: [/cancelled/] },
    );
    await asked;

    program.signal('SIGINT');
    await program.printed('nothing new is begun');
    program.signal('SIGINT');
    const { code, stdout } = await program.ended;

    expect(code).toBe(0);
    expect(stdout).toContain('SIGINT received again, running work is given up');
  });
});
