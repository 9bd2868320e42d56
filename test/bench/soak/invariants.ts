/** What must hold whatever happened: one line for each thing that does not. */
import { git } from '../../fakes/bare-repository.ts';
import type { Instance } from './instance.ts';
import type { Person } from './person.ts';
import type { SoakScene } from './scene.ts';

/** Every commit that the server ever had of us, with its diff. */
interface OurCommit {
  readonly sha: string;
  readonly diff: string;
}

export async function brokenInvariants(
  scene: SoakScene,
  person: Person,
  instances: readonly Instance[],
): Promise<readonly string[]> {
  const broken: string[] = [];
  let commits = 0;
  for (const name of new Set(scene.applications.map(({ repository }) => repository))) {
    const path = scene.repositoryPath(name);
    await git(path, ['fsck', '--strict', '--no-dangling']).catch((error: Error) =>
      broken.push(error.message),
    );
    const ours = await ourCommits(path);
    commits += ours.length;
    broken.push(...ours.flatMap((commit) => wrongBytes(name, commit)));
    for (const commit of person.kept.get(name) ?? []) {
      const isThere = await git(path, ['merge-base', '--is-ancestor', commit, 'main']).then(
        () => true,
        () => false,
      );
      if (!isThere) broken.push(`${name}: the person's commit ${commit} is gone from main`);
    }
  }
  broken.push(...wrongEvents(scene, commits, instances));
  broken.push(...leaks(scene, instances));
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
      diff: (await git(path, ['show', '--format=', '--unified=0', sha])).toString(),
    })),
  );
}

/** Lines of targets that hold a version or name an image; nothing else is ours to touch. */
const intended =
  /^[+-](?:.*\b1\.0\.\d+\b|.*reg\.test\/acme\/|helm:|  parameters:|  - name: image\.(?:name|tag)|    forcestring: true)/;

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

function leaks({ passwords }: SoakScene, instances: readonly Instance[]): readonly string[] {
  const secrets = [...passwords, 'soak-kube-token'];
  return instances.flatMap(({ output }) =>
    secrets.filter((secret) => output.includes(secret)).map((secret) => `the output holds ${secret}`),
  );
}
