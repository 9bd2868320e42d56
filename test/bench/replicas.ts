/** `npm run bench replicas [minutes] [seed]`: three replicas killed at random; every version is written once, by one at a time. */
import { killRound, startReplicaScene } from '../e2e/support/replicas.ts';
import { makeRandom } from './soak/random.ts';

const defaultMinutes = 10;

export async function benchReplicas(program: string, words: readonly string[]): Promise<void> {
  const [minutes = defaultMinutes, seed = 1] = words.map(Number);
  const random = makeRandom(seed);
  const replicas = await startReplicaScene(program);
  try {
    for (const name of ['a', 'b', 'c']) replicas.start(name);
    const versions: string[] = [];
    const tookMs: number[] = [];
    const endsAtMs = performance.now() + minutes * 60_000;
    while (performance.now() < endsAtMs) {
      const version = `1.${versions.length + 1}.0`;
      versions.push(version);
      const begunMs = performance.now();
      await killRound(replicas, version, random);
      tookMs.push(performance.now() - begunMs);
    }
    const writers = await Promise.all(versions.map((version) => replicas.writers(version)));
    const wrong = versions.filter((_, i) => writers[i]?.length !== 1);
    const strangers = await replicas.strangers();
    process.stdout.write(
      `replicas, seed ${seed}: ${versions.length} kills, longest ${Math.max(...tookMs).toFixed(0)} ms to the next commit; ` +
        `not written once: ${wrong.join(', ') || 'none'}; pushes at once: ${replicas.overlaps}; ` +
        `written by others than the holder: ${strangers.join(', ') || 'none'}\n`,
    );
    if (wrong.length + replicas.overlaps + strangers.length > 0) process.exitCode = 1;
  } finally {
    await replicas.close();
  }
}
