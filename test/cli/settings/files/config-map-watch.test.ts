/** The ConfigMap of the settings while the program runs. */
import { describe, expect, it } from 'vitest';
import { ConfigMapWatch } from '../../../../src/cli/settings/files/config-map-watch.ts';
import { makeLog } from '../../../../src/cli/log/log.ts';
import { Failed } from '../../../../src/core/base/outcome.ts';
import type { Cluster } from '../../../../src/ports/cluster.ts';

type Texts = Readonly<Record<string, string>>;

function start(first: Texts | null | 'forbidden', isLevelFixed = false) {
  let [now, asked] = [first, 0];
  const lines: string[] = [];
  const sink = { write: (text: string) => lines.push(text) };
  const log = makeLog({
    level: 'info',
    format: 'text',
    colours: false,
    now: () => 0,
    stdout: sink,
    stderr: sink,
  });
  const configMap = (namespace: string, name: string) => {
    asked += 1;
    if (now === 'forbidden')
      throw new Failed({ kind: 'kube', code: 'forbidden', message: '403', resource: 'configmaps' });
    return Promise.resolve(now === null ? null : { namespace, name, labels: {}, type: '', values: now });
  };
  const cluster = {
    ownNamespace: 'argocd',
    openCycle: () => ({ secrets: { configMap: async (a: string, b: string) => configMap(a, b) } }),
  } as unknown as Cluster;
  const watch = new ConfigMapWatch({ cluster, log, level: 'info', isLevelFixed, setLevel: log.setLevel });
  return {
    log,
    look: async (texts: Texts | null = now === 'forbidden' ? null : now) => {
      if (now !== 'forbidden') now = texts;
      lines.length = 0;
      await watch.look();
      return lines.map((line) => line.replace(/^time=\S+ /, '').trim());
    },
    prints: (level: 'debug' | 'info') => {
      lines.length = 0;
      log.at(level, 'x');
      return lines.length === 1;
    },
    asked: () => asked,
  };
}

describe('the ConfigMap (issue 10, 4)', () => {
  it('with an unknown key is told once, with the nearest one that there is', async () => {
    const { look } = start({ intervall: '5m', 'git.user': 'bot' });

    expect(await look()).toEqual([
      'level=warning msg="ConfigMap argocd/argocd-image-updater-config: intervall is unknown and has no effect; did you mean interval?"',
    ]);
    expect(await look()).toEqual([]);
  });

  it('may hold what others mount', async () => {
    const { look } = start({ 'mirror-ca.pem': 'x' });

    expect(await look()).toEqual([]);
  });

  it('changes the level of the log, and gives it back', async () => {
    const { look, prints } = start({});
    await look();

    expect(await look({ 'log.level': 'debug' })).toEqual([
      'level=info msg="The level of the log changes" to=debug',
    ]);
    expect(prints('debug')).toBe(true);
    expect(await look({ 'log.level': 'warn' })).toHaveLength(1);
    expect([prints('info'), prints('debug')]).toEqual([false, false]);
    expect(await look({})).toHaveLength(1);
    expect([prints('info'), prints('debug')]).toEqual([true, false]);
  });

  it('that had a level from the start changes nothing', async () => {
    const { look, prints } = start({ 'log.level': 'debug' });

    expect(await look()).toEqual([]);
    expect(prints('debug')).toBe(false);
  });

  it('with a level that is none keeps the one before', async () => {
    const { look, prints } = start({});
    await look();

    expect(await look({ 'log.level': 'loud' })).toEqual([
      expect.stringMatching(
        /^level=error msg="ConfigMap argocd-image-updater-config: log\.level \\"loud\\" is not used: expected one of/,
      ),
    ]);
    expect(prints('info')).toBe(true);
  });

  it('has no say in the level where a flag has', async () => {
    const { look, prints } = start({}, true);
    await look();
    await look({ 'log.level': 'debug' });

    expect(prints('debug')).toBe(false);
  });

  it('with other changes is told to need a restart', async () => {
    const { look } = start({ interval: '2m' });
    await look();

    expect(await look({ interval: '5m', 'git.user': 'bot' })).toEqual([
      'level=warning msg="ConfigMap argocd-image-updater-config: git.user, interval changed, which takes effect with the next start"',
    ]);
  });

  it.each([['forbidden' as const], [null]])('that is %s is done without', async (first) => {
    const { look, asked } = start(first);

    expect(await look()).toEqual([]);
    expect(asked()).toBe(1);
  });
});
