/** Several instances on one write branch; that a branch is judged rightly by its history is held by `test/git`. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { app, setUp, values } from '../../fakes/memory-world.ts';
import { generatedRuns } from '../../generated-runs.ts';

const url = 'https://git.test/good';
const names = ['a', 'b', 'c', 'd'];

it('fault B1: keeps the commits of all instances, in whatever order and with whatever scopes they run', async () => {
  const step = fc.record({
    instance: fc.nat(2),
    scope: fc.subarray(names, { minLength: 1 }),
    release: fc.option(fc.constantFrom(...names), { nil: undefined }),
    merges: fc.boolean(),
    forgets: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 12 }), async (steps) => {
      const all = setUp(names.map((name) => app(name, 'good')));
      const newest = new Map(names.map((name) => [name, 1]));
      const pending = new Map<string, string>();
      const instances = new Map<string, ReturnType<typeof setUp>>();
      for (const { instance, scope, release, merges, forgets } of steps) {
        if (release !== undefined) newest.set(release, (newest.get(release) ?? 0) + 1);
        const id = `${instance} ${scope.join(',')}`;
        const applications = scope.map((name) => app(name, 'good', `${name}/values.yaml`, 'main:bump'));
        const runner = (forgets ? undefined : instances.get(id)) ?? setUp(applications, all.git);
        instances.set(id, runner);
        runner.answers((repository) =>
          Promise.resolve({
            kind: 'tags',
            tags: ['1.0.0', `1.${newest.get(repository.replace('acme/', ''))}.0`],
          }),
        );

        const { writes } = await runner.cycle();

        for (const name of scope) {
          expect(['committed', 'unchanged', 'nothing']).toContain(writes[name]);
          pending.set(name, values(name, `1.${newest.get(name)}.0`));
        }
        for (const [name, text] of pending) {
          const path = `${name}/values.yaml`;
          expect([all.git.file(url, path, 'bump'), all.git.file(url, path)]).toContain(text);
        }
        if (merges) all.git.merge(url, 'bump', 'main');
      }
    }),
    { numRuns: generatedRuns(60) },
  );
});
