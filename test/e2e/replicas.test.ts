/** Three replicas as processes, of which one works: whichever is killed when, each version is written once. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeRandom } from '../bench/soak/random.ts';
import { killRound, type ReplicaScene, startReplicaScene } from './support/replicas.ts';

async function scene(): Promise<ReplicaScene> {
  const started = await startReplicaScene();
  onTestFinished(() => started.close());
  return started;
}

describe('replicas', () => {
  it('write every version exactly once, one at a time, whoever is killed (issue 10, 4)', async () => {
    const random = makeRandom(Number(process.env['TIDEWAITER_SEED']));
    const replicas = await scene();
    for (const name of ['a', 'b', 'c']) replicas.start(name);
    const versions = ['1.1.0', '1.2.0', '1.3.0', '1.4.0'];
    replicas.release('1.1.0');
    await replicas.written('1.1.0');

    for (const version of versions.slice(1)) await killRound(replicas, version, random);

    const writers = await Promise.all(versions.map((version) => replicas.writers(version)));
    expect(writers.map((names) => names.length)).toEqual(versions.map(() => 1));
    expect(replicas.overlaps).toBe(0);
    expect(await replicas.strangers()).toEqual([]);
  });
});
