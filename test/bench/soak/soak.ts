/** `npm run bench soak [minutes] [seed…]`: faults on every wire, a person in the repositories, kills; then all must be right. */
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { frail, guarded, pair, plainImages, windowPeriodMs } from './applications.ts';
import { policyCounts } from './policy-invariants.ts';
import { isBad, type PushedImages } from './images.ts';
import { type Footprint, Instance } from './instance.ts';
import { brokenInvariants } from './invariants.ts';
import { makePerson, type Person } from './person.ts';
import { makeRandom, type Random } from './random.ts';
import { type SoakScene, startScene, versionIn } from './scene.ts';

const defaultMinutes = 30;
const faultRate = 0.2;
/** After the last fault everything has to be right within this time; it is waited for longer, to tell slow from never. */
const recoveryMs = 60_000;
const patienceMs = 600_000;
const quietMs = 10_000;
/** So long people withhold something. */
const withheldMs = 40_000;

export async function benchSoak(program: string, words: readonly string[]): Promise<void> {
  const [minutes = defaultMinutes, ...seeds] = words.map(Number);
  const all = seeds.length === 0 ? [1, 2, 3] : seeds;
  let failed = 0;
  for (const seed of all) failed += await soakOnce(program, minutes * 60_000, seed);
  if (failed > 0) process.exitCode = 1;
}

/** How many invariants did not hold. */
async function soakOnce(program: string, durationMs: number, seed: number): Promise<number> {
  const random = makeRandom(seed);
  const scene = await startScene(makeRandom(seed + 1));
  const person = makePerson(scene, makeRandom(seed + 2));
  const instances = ['a', 'b'].map(
    (name) => new Instance(program, scene.argv, join(scene.folder, `instance-${name}`)),
  );
  try {
    for (const instance of instances) instance.start();
    const before = await settled(instances);
    await chaos(scene, person, instances, random, durationMs);
    const recoveredMs = await recovery(scene);
    const broken = [
      ...(recoveredMs === undefined ? await wrongTargets(scene) : []),
      ...(recoveredMs !== undefined && recoveredMs > recoveryMs ? ['that took too long'] : []),
      ...(await brokenInvariants(scene, person, instances)),
      ...(await unrest(scene)),
    ];
    const after = await calmed(instances);
    broken.push(...growth(before, after));
    print(scene, seed, recoveredMs, [before, after], broken, instances, await policyCounts(scene));
    if (broken.length > 0) keepEvidence(scene, seed, instances);
    return broken.length;
  } finally {
    for (const instance of instances) await instance.stop('SIGKILL');
    await scene.close();
  }
}

/** Repositories, Events and what the daemons said, for whoever looks into what broke. */
function keepEvidence(scene: SoakScene, seed: number, instances: readonly Instance[]): void {
  const folder = join(tmpdir(), `tidewaiter-soak-evidence-${seed}`);
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(scene.folder, 'git'), join(folder, 'git'), { recursive: true });
  instances.forEach(({ output }, i) => writeFileSync(join(folder, `daemon-${i}.log`), output));
  for (const kind of ['events', 'applications', 'configmaps'])
    writeFileSync(join(folder, `${kind}.json`), JSON.stringify(scene.kube.objects.all(kind), null, 1));
  const patches = scene.kube.requests.filter(({ method }) => method === 'PATCH');
  writeFileSync(join(folder, 'patches.json'), JSON.stringify(patches, null, 1));
  console.log(`  evidence in ${folder}`);
}

async function chaos(
  scene: SoakScene,
  person: Person,
  instances: readonly Instance[],
  random: Random,
  durationMs: number,
): Promise<void> {
  const endsAtMs = performance.now() + durationMs;
  for (const proxy of scene.proxies) proxy.rate = faultRate;
  const deeds = deedsOf(scene, person, instances, random);
  while (performance.now() < endsAtMs) {
    let chance = random.next();
    const deed = deeds.find(([share]) => (chance -= share) < 0);
    await deed?.[1]();
    scene.withholding.releaseAfter(withheldMs);
    await scene.argoCd.reconcile();
    await wait(200 + random.below(1_300));
  }
  for (const proxy of scene.proxies) proxy.rate = 0;
  scene.withholding.releaseAfter(0);
  for (const image of [...plainImages, guarded, ...pair]) await scene.images.push(image);
  do await scene.images.push(frail);
  while (isBad(scene.images.newest.get(frail) ?? ''));
}

type Deed = readonly [share: number, act: () => Promise<void>];

function deedsOf(
  scene: SoakScene,
  person: Person,
  instances: readonly Instance[],
  random: Random,
): readonly Deed[] {
  const { images, withholding } = scene;
  const named = (kind: string) => scene.applications.filter(({ name }) => name.endsWith(`-${kind}`));
  return [
    [0.3, () => person.act()],
    [0.04, async () => person.takeBack(random.pick(named('rollback')))],
    [0.04, async () => person.editLive(random.pick(named('live')))],
    [0.2, () => images.push(random.pick([...plainImages, guarded]))],
    [0.05, () => pushPair(images, random)],
    [0.04, () => images.push(frail)],
    [0.08, () => images.moveTag()],
    [0.05, () => scene.rotatePassword(random.pick(['git', 'registry'] as const))],
    [0.04, async () => withholding.hold('argocd.policies-hold')],
    [0.01, async () => withholding.hold('freeze')],
    [
      0.05,
      async () => {
        const instance = random.pick(instances);
        await instance.kill();
        instance.start();
      },
    ],
    [0.05, async () => random.pick(instances).spoilCache(random)],
  ];
}

/** One after the other, as pipelines do. */
async function pushPair(images: PushedImages, random: Random): Promise<void> {
  const [first, second] = random.next() < 0.5 ? pair : pair.toReversed();
  await images.push(first ?? '');
  await wait(random.below(3_000));
  await images.push(second ?? '');
}

/** Milliseconds that daemons had until every target held the newest version; undefined where that took ever so long. */
async function recovery(scene: SoakScene): Promise<number | undefined> {
  const startedMs = performance.now();
  const closedMs = closedForMs(Date.now());
  while (performance.now() - startedMs < patienceMs) {
    await scene.argoCd.reconcile();
    const wrong = await wrongTargets(scene);
    if (wrong.length === 0) return Math.max(0, performance.now() - startedMs - closedMs);
    await wait(250);
  }
  return undefined;
}

/** How long the window of Applications that have one stays closed; 0: it is open. */
function closedForMs(nowMs: number): number {
  const sinceOpeningMs = nowMs % windowPeriodMs;
  return sinceOpeningMs < windowPeriodMs / 2 ? 0 : windowPeriodMs - sinceOpeningMs;
}

async function wrongTargets(scene: SoakScene): Promise<readonly string[]> {
  const checked = await Promise.all(
    scene.applications.map(async (app) => {
      const [found, wanted] = [await versionIn(scene, app), scene.images.newest.get(app.image)];
      return found === wanted ? [] : [`${app.name} holds ${found}, not ${wanted}`];
    }),
  );
  return checked.flat();
}

/** Nothing is pushed, patched or announced once all is right. */
async function unrest(scene: SoakScene): Promise<readonly string[]> {
  await wait(2_000); // what is under way ends
  const pushes = () => scene.git.requests.filter(({ path }) => path.endsWith('/git-receive-pack')).length;
  const writes = () => scene.kube.requests.filter(({ method }) => method !== 'GET').length;
  const before = [pushes(), writes()];
  await wait(quietMs);
  const after = [pushes(), writes()];
  return before.every((count, i) => count === after[i])
    ? []
    : [`not quiet: ${before.join(' and ')} before, ${after.join(' and ')} after`];
}

async function settled(instances: readonly Instance[]): Promise<readonly Footprint[]> {
  await wait(10_000);
  return calmed(instances);
}

/** When no git of theirs runs, which cycles of a second have most of the time. */
async function calmed(instances: readonly Instance[]): Promise<readonly Footprint[]> {
  let after = footprints(instances);
  for (let tries = 0; tries < 40 && after.some(({ children }) => children > 0); tries += 1) {
    await wait(250);
    after = footprints(instances);
  }
  return after;
}

/** What a daemon may hold more of than before: what it has learnt, open connections, and 100 packs in each of two mirrors. */
const allowedGrowth: Footprint = { residentMiB: 96, descriptors: 16, children: 0, files: 800 };

function growth(before: readonly Footprint[], after: readonly Footprint[]): readonly string[] {
  const kinds = Object.keys(allowedGrowth) as (keyof Footprint)[];
  return after.flatMap((footprint, i) =>
    kinds
      .filter((kind) => footprint[kind] > (before[i]?.[kind] ?? 0) + allowedGrowth[kind])
      .map((kind) => `daemon ${i}: ${kind} grew from ${before[i]?.[kind]} to ${footprint[kind]}`),
  );
}

function footprints(instances: readonly Instance[]): readonly Footprint[] {
  return instances.map((instance) => instance.footprint());
}

function print(
  scene: SoakScene,
  seed: number,
  recoveredMs: number | undefined,
  [before, after]: readonly [readonly Footprint[], readonly Footprint[]],
  broken: readonly string[],
  instances: readonly Instance[],
  counts: string,
): void {
  const faults = scene.proxies.flatMap(({ counts }) => [...counts]);
  const passed = faults.reduce((sum, [kind, count]) => sum + (kind === 'none' ? count : 0), 0);
  const hurt = faults.reduce((sum, [kind, count]) => sum + (kind === 'none' ? 0 : count), 0);
  const kills = instances.reduce((sum, { killedAtMs }) => sum + killedAtMs.length, 0);
  const recovered = recoveredMs === undefined ? 'never' : `after ${(recoveredMs / 1000).toFixed(1)} s`;
  console.log(`seed ${seed}: ${passed} exchanges, ${hurt} with faults, ${kills} kills; right ${recovered}`);
  console.log(`  footprint before ${JSON.stringify(before)}`);
  console.log(`  footprint after  ${JSON.stringify(after)}`);
  console.log(`  ${counts}`);
  for (const line of broken) console.log(`  BROKEN ${line}`);
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
