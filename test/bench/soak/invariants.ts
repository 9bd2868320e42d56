/** What must hold whatever happened: one line for each thing that does not. */
import { git } from '../../fakes/bare-repository.ts';
import type { Instance } from './instance.ts';
import type { Person } from './person.ts';
import type { SoakScene } from './scene.ts';

/** Every commit that the server ever had of us, with its diff. */
interface OurCommit {
  readonly sha: string;
  /** With its author. */
  readonly message: string;
  readonly diff: string;
}

export async function brokenInvariants(
  scene: SoakScene,
  person: Person,
  instances: readonly Instance[],
): Promise<readonly string[]> {
  const broken: string[] = [];
  let commits = 0;
  const said = scene.kube.objects.all('events').map((event) => JSON.stringify(event));
  for (const name of new Set(scene.applications.map(({ repository }) => repository))) {
    const path = scene.repositoryPath(name);
    await git(path, ['fsck', '--strict', '--no-dangling']).catch((error: Error) =>
      broken.push(error.message),
    );
    const ours = await ourCommits(path);
    commits += ours.length;
    said.push(...ours.map(({ message }) => message));
    broken.push(...ours.flatMap((commit) => wrongBytes(name, commit)), ...doubled(name, await onMain(path)));
    for (const commit of person.kept.get(name) ?? []) {
      const isThere = await git(path, ['merge-base', '--is-ancestor', commit, 'main']).then(
        () => true,
        () => false,
      );
      if (!isThere) broken.push(`${name}: the person's commit ${commit} is gone from main`);
    }
  }
  broken.push(...wrongEvents(scene, commits, instances));
  broken.push(...leaks(scene, instances, said));
  if (instances.some(({ hasEnded }) => hasEnded)) broken.push('a daemon ended by itself');
  return broken;
}

async function ourCommits(path: string): Promise<readonly OurCommit[]> {
  const log = await git(path, [
    'log',
    '--all',
    '--reflog',
    '--committer=argocd-image-updater',
    '--format=%H',
  ]);
  const shas = [...new Set(log.toString().split('\n').filter(Boolean))];
  return await Promise.all(
    shas.map(async (sha) => ({
      sha,
      message: (await git(path, ['show', '--no-patch', '--format=%an%n%ae%n%B', sha])).toString(),
      diff: (await git(path, ['show', '--format=', '--unified=0', sha])).toString(),
    })),
  );
}

/** Messages of the commits of main, oldest first, each with the patch it makes. */
async function onMain(path: string): Promise<readonly string[]> {
  const log = await git(path, ['log', '--reverse', '--format=%x00%cn%n%s', '--patch', '--unified=0', 'main']);
  return log.toString().split('\0').slice(1);
}

/** The same change of ours twice in a row, with nobody in between who took it back. */
function doubled(repository: string, commits: readonly string[]): readonly string[] {
  return commits
    .filter((commit, i) => commit.startsWith('argocd-image-updater\n') && commit === commits[i - 1])
    .map((commit) => `${repository}: twice on main: ${commit.slice(0, 200)}`);
}

/** Lines of targets that hold a version or name an image; nothing else is ours to touch. */
const intended =
  /^[+-](?:.*\b1\.0\.\d+\b|.*\bstable\b|.*reg\.test\/acme\/|helm:|  parameters:|  - name: image\.(?:name|tag)|    forcestring: true)/;

function wrongBytes(repository: string, { sha, diff }: OurCommit): readonly string[] {
  const lines = diff.split('\n').filter((line) => /^[+-](?![+-]{2} )/.test(line));
  if (lines.length === 0) return [`${repository}: commit ${sha} changes nothing`];
  return lines
    .filter((line) => !intended.test(line) || /\b2\.0\.\d+|-rc/.test(line))
    .map((line) => `${repository}: commit ${sha} writes ${line}`);
}

/** One Event for each commit; a kill between the two costs one. */
function wrongEvents(scene: SoakScene, commits: number, instances: readonly Instance[]): readonly string[] {
  const events = scene.kube.objects.all('events').filter(({ reason }) => reason === 'ImagesUpdated').length;
  const kills = instances.reduce((sum, instance) => sum + instance.kills, 0);
  // A kill may come between the push of several commits and all of their Events.
  const perKill = scene.applications.length;
  if (events > commits) return [`${events} Events for ${commits} commits`];
  return events < commits - kills * perKill
    ? [`only ${events} Events for ${commits} commits and ${kills} kills`]
    : [];
}

/** Neither in logs, nor in Events, nor in commits; encoded as a login neither. */
function leaks(
  { passwords }: SoakScene,
  instances: readonly Instance[],
  said: readonly string[],
): readonly string[] {
  const logins = passwords.map((password) => Buffer.from(`bot:${password}`).toString('base64'));
  const secrets = [...passwords, ...logins, 'soak-kube-token'];
  return [...instances.map(({ output }) => output), ...said].flatMap((text) =>
    secrets
      .filter((secret) => text.includes(secret))
      .map((secret) => `${secret} is told: ${text.slice(0, 200)}`),
  );
}
