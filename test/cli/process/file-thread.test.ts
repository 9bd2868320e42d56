/** The thread for large target files. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/cli/process/clock.ts';
import { FileThread } from '../../../src/cli/process/file-thread.ts';
import type { TargetEdit } from '../../../src/core/edit/edit.ts';
import { performFileTask } from '../../../src/core/file-tasks.ts';
import type { Clock } from '../../../src/ports/clock.ts';

const script = new URL('../../../src/file-worker.ts', import.meta.url);
const path = 'values.yaml';

/** A values file of so many keys, below an image's own. */
function values(keys: number): ReadonlyMap<string, string> {
  const lines = Array.from({ length: keys }, (_, i) => `k${i}: "${i}" # of ${i}\n`);
  return new Map([[path, `web: {tag: 1.0.0}\n${lines.join('')}`]]);
}

const edit: TargetEdit = {
  kind: 'helmvalues',
  path,
  values: [{ key: 'web.tag', value: '1.0.1', role: 'tag', alias: 'web' }],
};

function open(clock: Clock = systemClock, from = script): FileThread {
  const thread = new FileThread(from, clock);
  onTestFinished(() => thread.close());
  return thread;
}

/** A script that does as told. */
const scripted = (code: string): URL => new URL(`data:text/javascript,${encodeURIComponent(code)}`);
const waiting = "import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => {});";

/** Time-outs come when the test says so. */
function clockOfTest(): { readonly clock: Clock; readonly fire: () => void } {
  const acts = new Set<() => void>();
  const after: Clock['after'] = (_, act) => {
    acts.add(act);
    return () => void acts.delete(act);
  };
  const fire = (): void => {
    for (const act of acts) act();
  };
  return { clock: { ...systemClock, after }, fire };
}

describe('fault A6: a target file', () => {
  it.each([0, 2_000])('of %d further keys is edited as anywhere', async (keys) => {
    const edited = await open().perform('edit', values(keys), edit);
    expect(edited).toEqual(performFileTask('edit', values(keys), edit));
    expect(edited).toMatchObject({ ok: true, value: [{ path, changes: [{ from: '1.0.0', to: '1.0.1' }] }] });
  });

  it('that is large holds up nobody while it is edited', async () => {
    const thread = open();
    const edited = thread.perform('edit', values(20_000), edit);
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    expect(await edited).toMatchObject({ ok: true });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
  });

  it('that is large and no YAML fails with what is wrong, and the next is edited', async () => {
    const thread = open();
    const broken = new Map([[path, `${'a: [\n'.repeat(2_000)}`]]);
    const [first, second] = await Promise.all([
      thread.perform('edit', broken, edit),
      thread.perform('edit', values(2_000), edit),
    ]);
    expect(first).toMatchObject({ ok: false, failure: { kind: 'edit', path } });
    expect(second).toMatchObject({ ok: true });
  });

  it('of manifests that is large holds up nobody while it is read', async () => {
    const line = (index: number): string => `  k${index}: "${index}"\n`;
    const data = Array.from({ length: 20_000 }, (_, index) => line(index)).join('');
    const text = `apiVersion: v1\nkind: ConfigMap\ndata:\n${data}`;
    const thread = open();
    const reading = thread.perform('documents', new Map([['all.yaml', text]]), undefined);
    const first = await Promise.race([
      reading,
      thread.perform('documents', new Map([['a.yaml', 'a: 1']]), undefined),
    ]);

    expect(first).toEqual({ ok: true, value: [{ a: 1 }] });
    expect(await reading).toMatchObject({
      ok: true,
      value: [{ kind: 'ConfigMap', data: { k19999: '19999' } }],
    });
  });

  it('that takes too long is given up with its name, and small ones are edited meanwhile', async () => {
    const { clock, fire } = clockOfTest();
    const thread = open(clock, scripted(waiting));
    const late = thread.perform('edit', new Map([...values(2_000), ['other.yaml', 'a: b']]), edit);
    expect(await thread.perform('edit', values(1), edit)).toMatchObject({ ok: true });
    fire();
    const message = `${path} and 1 more: takes longer than 60 seconds to read or edit`;
    expect(await late).toEqual({ ok: false, failure: { kind: 'edit', path, message } });
  });

  it('that takes too much memory is given up with its name', async () => {
    const greedy = `${waiting} const all = []; for (;;) all.push(new Array(100_000).fill(all.length + 0.5));`;
    const given = await open(systemClock, scripted(greedy)).perform('edit', values(2_000), edit);
    const message = `${path}: needs more than 192 MiB of memory to read or edit`;
    expect(given).toEqual({ ok: false, failure: { kind: 'edit', path, message } });
  });

  it('is given up when the program ends', async () => {
    const thread = open(systemClock, scripted(waiting));
    const late = thread.perform('edit', values(2_000), edit);
    await Promise.resolve();
    await thread.close();
    expect(await late).toMatchObject({ ok: false, failure: { kind: 'edit', path } });
  });

  it('of which the thread is gone when it has been idle is edited by another', async () => {
    const { clock, fire } = clockOfTest();
    const thread = open(clock);
    expect(await thread.perform('edit', values(2_000), edit)).toMatchObject({ ok: true });
    fire();
    expect(await thread.perform('edit', values(2_000), edit)).toMatchObject({ ok: true });
  });
});
