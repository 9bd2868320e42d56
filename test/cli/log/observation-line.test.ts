import { expect, it } from 'vitest';
import { observationLines } from '../../../src/cli/log/observation-line.ts';
import type { Observation } from '../../../src/ports/observation.ts';

const ended = { ok: true, durationMs: 12 };

it.each<readonly [Observation, string, Readonly<Record<string, unknown>>]>([
  [
    {
      kind: 'registry-request',
      ...ended,
      host: 'registry-1.docker.io',
      registry: 'registry-1.docker.io',
      repository: 'library/nginx',
      action: 'read manifest of library/nginx:1.27',
      method: 'GET',
      path: '/v2/library/nginx/manifests/1.27',
      status: 200,
      remaining: 97,
    },
    'Registry request',
    {
      repository: 'library/nginx',
      action: 'read manifest of library/nginx:1.27',
      method: 'GET',
      remaining: 97,
    },
  ],
  [
    { kind: 'git-command', ...ended, command: 'fetch', repository: 'https://git.test/ops/deploy' },
    'Git command',
    { command: 'fetch', repository: 'https://git.test/ops/deploy' },
  ],
  [
    {
      kind: 'kubernetes-request',
      ...ended,
      method: 'GET',
      resource: 'applications.argoproj.io',
      status: 200,
    },
    'Kubernetes request',
    { method: 'GET', resource: 'applications.argoproj.io', status: 200 },
  ],
])('fault O-S2-16: the trace tells who spends what: %j', (observation, message, fields) => {
  const [line] = observationLines(observation);

  expect(line).toMatchObject({ level: 'trace', message, fields: { ...fields, durationMs: 12 } });
  expect(line?.fields).not.toHaveProperty('kind');
});
