/** The program as a process of its own, and answers that once ended it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runToEnd, temporaryFolder } from '../cli/start-program.ts';
import { startFakeRegistry } from '../fakes/registry.ts';
import { startTokenServer } from '../fakes/token-server.ts';

async function startScene() {
  const tokens = await startTokenServer({ users: { ci: 's3cret' } });
  const registry = await startFakeRegistry({ auth: { kind: 'bearer', tokens } });
  onTestFinished(async () => {
    await registry.close();
    await tokens.close();
  });
  registry.push('acme/web', '1.1.0', { created: '2026-01-02T03:04:05Z' });
  const settings = join(temporaryFolder(), 'registries.conf');
  const entry = {
    name: 'test',
    prefix: 'reg.test',
    api_url: registry.url,
    credentials: 'env:REGISTRY_LOGIN',
  };
  writeFileSync(settings, JSON.stringify({ registries: [entry] }));
  const ask = async () => {
    const flags = ['--registries-conf-path', settings, '--update-strategy', 'newest-build'];
    const environment = { REGISTRY_LOGIN: 'ci:s3cret' };
    return await runToEnd(['test', 'reg.test/acme/web', ...flags], environment, {
      expects: [/the compressed answer is broken/],
    });
  };
  return { registry, tokens, ask };
}

describe('fault R1: the process', () => {
  it.each(['gzip', 'deflate', 'br', 'zstd'] as const)('reads answers in %s', async (coding) => {
    const { registry, tokens, ask } = await startScene();
    registry.coding = coding;
    tokens.coding = coding;

    const { code, stdout, stderr } = await ask();

    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^reg\.test\/acme\/web:1\.1\.0\n/);
  });

  it('tells of bytes that are no gzip, and ends in order', async () => {
    const { registry, ask } = await startScene();
    registry.fault = (_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('{"tags":["1.1.0"]}');
      return true;
    };

    const { stdout, stderr } = await ask();

    expect(stdout + stderr).toContain('the compressed answer is broken, or ends too early');
    expect(stdout + stderr).not.toMatch(/TypeError|uncaught| at .*\.[jt]s:\d/);
  });
});
