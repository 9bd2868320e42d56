/** What policies promise, judged on what came to the branches and when. */
import { git } from '../../fakes/bare-repository.ts';
import {
  frail,
  minAgeMs,
  pair,
  policyRepository,
  type SoakApplication,
  windowPeriodMs,
} from './applications.ts';
import { type Arrival, arrivalsOf, type Change } from './arrivals.ts';
import { isBad } from './images.ts';
import type { Instance } from './instance.ts';
import type { SoakScene } from './scene.ts';
import { versionOf } from './simulated-argocd.ts';

/** A push that was under way when a gate closed may end: with its retries over a hurt network. */
const underWayMs = 15_000;
/** Times of arrivals are whole seconds. */
const secondMs = 1_000;
/** A kill so soon after a push may come before the note of what was pushed. */
const noteMs = 5_000;

interface Write extends Arrival {
  readonly app: SoakApplication;
  readonly change: Change;
}

export async function brokenPolicies(
  scene: SoakScene,
  instances: readonly Instance[],
): Promise<readonly string[]> {
  const broken: string[] = [];
  for (const repository of scene.repositories)
    for (const branch of ['main', 'bump']) {
      const arrivals = await arrivalsOf(scene.repositoryPath(repository), branch);
      const writes = writesIn(scene.applications, repository, branch, arrivals);
      broken.push(...writes.filter((write) => isWithheld(scene, write)).map(tell('while it was withheld')));
      broken.push(...writes.filter((write) => isTooYoung(scene, write)).map(tell('before its age')));
      broken.push(...writes.filter(isOutsideWindow).map(tell('outside its window')));
      broken.push(
        ...writes.filter((write) => isTakenBack(arrivals, write)).map(tell('though it was taken back')),
      );
      broken.push(...quarantined(writes, instances).map(tell('though it is in quarantine')));
      broken.push(...(await splitPairs(scene, writes)));
    }
  return broken;
}

/** How often policies had something to say: a soak in which nothing tempts them proves nothing. */
export async function policyCounts(scene: SoakScene): Promise<string> {
  const arrivals = await arrivalsOf(scene.repositoryPath(policyRepository), 'main');
  const writes = writesIn(scene.applications, policyRepository, 'main', arrivals);
  const names = [...new Set(writes.map(({ app }) => app.name))].toSorted();
  const counts = names.map((name) => `${name} ${writes.filter(({ app }) => app.name === name).length}`);
  const respecting = scene.applications.filter((app) => app.annotations['app.rollback'] !== undefined);
  const lowered = respecting.flatMap(({ path }) => loweredAt(path, arrivals)).length;
  const { spans } = scene.withholding;
  const frozen = spans.filter(({ key }) => key === 'freeze').length;
  return `writes: ${counts.join(', ')}; ${lowered} taken back, ${spans.length - frozen} holds, ${frozen} freezes`;
}

/** What somebody else lowered in a file. */
function loweredAt(file: string, arrivals: readonly Arrival[]): readonly Change[] {
  return arrivals
    .filter(({ isOurs }) => !isOurs)
    .flatMap(({ changes }) => changes)
    .filter(({ path, from, to }) => path === file && patchOf(to) < patchOf(from));
}

function tell(what: string): (write: Write) => string {
  return ({ app, sha, change, atMs }) =>
    `${app.name}: ${change.to} was written ${what}, ${sha} at ${new Date(atMs).toISOString()}`;
}

function writesIn(
  applications: readonly SoakApplication[],
  repository: string,
  branch: string,
  arrivals: readonly Arrival[],
): readonly Write[] {
  const apps = applications.filter((app) => app.repository === repository && app.branch === branch);
  const own = arrivals.filter(({ isOurs }) => isOurs);
  return own.flatMap((arrival) =>
    arrival.changes.flatMap((change) =>
      apps.filter(({ path }) => path === change.path).map((app) => ({ ...arrival, app, change })),
    ),
  );
}

function isWithheld({ withholding }: SoakScene, { app, atMs }: Write): boolean {
  return withholding.spans.some(
    ({ key, fromMs, toMs }) =>
      (key === 'freeze' || key === `argocd.${app.name}`) &&
      atMs > fromMs + underWayMs &&
      atMs + secondMs < toMs,
  );
}

function isTooYoung({ images }: SoakScene, { app, atMs, change }: Write): boolean {
  if (app.annotations['app.min-age'] === undefined) return false;
  const pushedAtMs = images.pushedAtMs.get(`${app.image}:${change.to}`) ?? 0;
  return atMs + secondMs < pushedAtMs + minAgeMs;
}

function isOutsideWindow({ app, atMs }: Write): boolean {
  if (app.annotations['app.window'] === undefined) return false;
  const sinceOpeningMs = atMs % windowPeriodMs;
  return sinceOpeningMs > windowPeriodMs / 2 + underWayMs && sinceOpeningMs + secondMs < windowPeriodMs;
}

/** A version of ours that somebody had lowered is written again, or an older one, before a newer one came. */
function isTakenBack(arrivals: readonly Arrival[], { app, change, ancestors }: Write): boolean {
  if (app.annotations['app.rollback'] !== 'respect' || change.to === undefined) return false;
  const before = new Set(ancestors);
  const takenBack = loweredAt(
    app.path,
    arrivals.filter(({ sha }) => before.has(sha)),
  );
  return takenBack.some(({ from }) => patchOf(change.to) <= patchOf(from));
}

function patchOf(version: string | undefined): number {
  return version === undefined ? Number.NaN : Number(version.split('.').at(-1));
}

/** What one of them could not sync reaches the other, unless whoever wrote it was killed before it could be noted. */
function quarantined(writes: readonly Write[], instances: readonly Instance[]): readonly Write[] {
  const kills = instances.flatMap(({ killedAtMs }) => killedAtMs);
  const bad = writes.filter(({ app, change }) => app.image === frail && isBad(change.to ?? ''));
  return bad.filter((later) =>
    bad.some(
      (first) =>
        first.app !== later.app &&
        first.change.to === later.change.to &&
        first.atMs + minAgeMs / 2 < later.atMs &&
        !kills.some((atMs) => atMs > first.atMs && atMs < first.atMs + noteMs),
    ),
  );
}

/** After each write of one of the pair both hold the same version. */
async function splitPairs(scene: SoakScene, writes: readonly Write[]): Promise<readonly string[]> {
  const path = scene.repositoryPath(policyRepository);
  const members = scene.applications.filter(({ image }) => (pair as readonly string[]).includes(image));
  const touching = writes.filter(({ app }) => members.includes(app));
  const broken = touching.map(async ({ sha }) => {
    const texts = members.map((member) => git(path, ['show', `${sha}:${member.path}`]));
    const versions = (await Promise.all(texts)).map((text) => versionOf(text.toString()));
    return new Set(versions).size === 1 ? [] : [`the pair is split into ${versions.join(' and ')} by ${sha}`];
  });
  return (await Promise.all(broken)).flat();
}
