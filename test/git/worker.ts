/** A process of its own that works on a repository, so that tests can share a cache with it, or kill it. */
import { writeSync } from 'node:fs';
import { makeGit } from '../../src/git/git.ts';
import { makeRealClock } from '../fakes/clock.ts';

export interface WorkerOptions {
  readonly cacheDirectory: string;
  /** One of both; the variable is for URLs with a password in them. */
  readonly url?: string;
  readonly urlVariable?: string;
  /** File that each round changes. */
  readonly path: string;
  readonly rounds: number;
  /** Stops for ever while it holds the lock. */
  readonly hold?: boolean;
}

const options = JSON.parse(process.argv[2] ?? '') as WorkerOptions;
const repoURL = options.url ?? process.env[options.urlVariable ?? ''] ?? '';
const signal = AbortSignal.timeout(600_000);
const git = makeGit({
  allowLocal: true,
  cacheDirectory: options.cacheDirectory,
  author: { name: 'Worker', email: 'worker@example.com' },
  signOff: false,
  environment: { PATH: process.env['PATH'], TMPDIR: process.env['TMPDIR'] },
  clock: makeRealClock(),
  onWarning: (message) => say(`warning: ${message}`),
});
const noSecrets = { secret: async () => null, configMap: async () => null, argocdSecrets: async () => [] };

function say(step: string): void {
  writeSync(1, `${step}\n`); // at once, whatever happens next
}

for (let round = 0; round < options.rounds; ) {
  const cycle = git.openCycle(noSecrets, 'argocd');
  const remote = await cycle.remote({
    repoURL,
    credentials: { kind: 'repocreds' },
    project: '',
  });
  const repository = await cycle.open(remote, signal);
  say('heads');
  if (options.hold === true) await new Promise(() => setInterval(() => undefined, 1000));
  const head = (await repository.heads(signal)).branches.get('main') ?? '';
  say('fetch');
  await repository.fetch([head], signal);
  say('read');
  await repository.read(head, [options.path, 'other'], signal);
  say('commit');
  const files = [{ path: options.path, bytes: Buffer.from(`round ${round}\n`), executable: false }];
  const [commit = ''] = await repository.commit([{ parent: head, files, message: 'work\n' }], signal);
  say('push');
  const [result] = await repository.push([{ branch: 'main', commit, expected: head, force: false }], signal);
  if (result?.ok === true) round += 1;
  say('close');
  await repository.close();
}
await git.close();
say('done');
