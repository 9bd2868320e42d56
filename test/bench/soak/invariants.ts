/** What must hold whatever happened: one line for each thing that does not. */
import type { JsonObject } from '../../fakes/kube/json.ts';
import type { KubeObject } from '../../fakes/kube-api.ts';
import { git } from '../../fakes/bare-repository.ts';
import type { Instance } from './instance.ts';
import type { Person } from './person.ts';
import { brokenPolicies } from './policy-invariants.ts';
import type { SoakScene } from './scene.ts';
import { parametersOf } from './simulated-argocd.ts';

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
  const broken: string[] = [...(await brokenPolicies(scene, instances)), ...lostEdits(scene, person)];
  const commits: string[] = [];
  const said = scene.kube.objects.all('events').map((event) => JSON.stringify(event));
  for (const name of scene.repositories) {
    const path = scene.repositoryPath(name);
    await git(path, ['fsck', '--strict', '--no-dangling']).catch((error: Error) =>
      broken.push(error.message),
    );
    const ours = await ourCommits(path);
    commits.push(...ours.map(({ sha }) => sha));
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

/** At most so many pushes with their commits have been made and not been told when a kill comes. */
const eventsPerKill = 3;

/** Lines of targets that hold a version or name an image; nothing else is ours to touch. */
const intended =
  /^[+-](?:.*\b1\.0\.\d+\b|.*\bstable\b|.*(?:reg|login)\.test\/acme\/|helm:|  parameters:|  - name: image\.(?:name|tag)|    forcestring: true)/;

function wrongBytes(repository: string, { sha, diff }: OurCommit): readonly string[] {
  const lines = diff.split('\n').filter((line) => /^[+-](?![+-]{2} )/.test(line));
  if (lines.length === 0) return [`${repository}: commit ${sha} changes nothing`];
  return lines
    .filter((line) => !intended.test(line) || /\b2\.0\.\d+|-rc/.test(line))
    .map((line) => `${repository}: commit ${sha} writes ${line}`);
}

/** What a person changed in a live object beside us is still there. */
function lostEdits({ kube }: SoakScene, { edits }: Person): readonly string[] {
  return [...edits].flatMap(([name, value]) => {
    const parameters = parametersOf(kube.objects.get('applications', 'argocd', name));
    const found = parameters.find((one) => one.name === 'replicas')?.value;
    return found === value ? [] : [`${name}: the person's ${value} is ${found} now`];
  });
}

/** One Event for each commit and each live patch, and none for what is not there; a kill between the two costs some. */
function wrongEvents(
  { kube, applications }: SoakScene,
  commits: readonly string[],
  instances: readonly Instance[],
): readonly string[] {
  const events = kube.objects.all('events').filter(({ reason }) => reason === 'ImagesUpdated');
  const told = new Map(events.map((event) => [event.metadata.name.split('.').at(-1) ?? '', event]));
  const kills = instances.reduce((sum, { killedAtMs }) => sum + killedAtMs.length, 0);
  const known = new Set(commits.map((sha) => sha.slice(0, 16)));
  const live = new Set(applications.flatMap(({ name, branch }) => (branch === undefined ? [name] : [])));
  const ofPatches = [...told.values()].filter((event) => live.has(appOf(event)));
  const invented = [...told].filter(([id, event]) => !known.has(id) && !live.has(appOf(event)));
  const untold = [...known].filter((id) => !told.has(id));
  const patches = kube.requests.filter(
    ({ method, path, status }) => method === 'PATCH' && path.includes('/applications/') && status === 200,
  ).length;
  return [
    ...invented.map(([id, event]) => `an Event of ${appOf(event)} tells of ${id}, which is no commit`),
    ...(untold.length > kills * eventsPerKill
      ? [
          `${untold.length} of ${known.size} commits have no Event, after ${kills} kills: ${untold.slice(0, 5).join(', ')}`,
        ]
      : []),
    ...(ofPatches.length > patches || ofPatches.length < patches - kills
      ? [`${ofPatches.length} Events for ${patches} patches, after ${kills} kills`]
      : []),
  ];
}

function appOf(event: KubeObject): string {
  return (event['involvedObject'] as { readonly name: string } & JsonObject).name;
}

/** Neither in logs, nor in Events, nor in commits; encoded as a login neither. */
function leaks(
  { logins: valid }: SoakScene,
  instances: readonly Instance[],
  said: readonly string[],
): readonly string[] {
  const encoded = valid.map(({ username, password }) =>
    Buffer.from(`${username}:${password}`).toString('base64'),
  );
  const secrets = [...new Set([...valid.map(({ password }) => password), ...encoded, 'soak-kube-token'])];
  return [...instances.map(({ output }) => output), ...said].flatMap((text) =>
    secrets
      .filter((secret) => text.includes(secret))
      .map((secret) => `${secret} is told: ${text.slice(0, 200)}`),
  );
}
