import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { programPath, temporaryFolder } from './start-program.ts';

const manifests = 3000;

it('prints everything before it ends, however slowly it is read', async () => {
  const folder = temporaryFolder();
  const bad = Array.from(
    { length: manifests },
    (_, i) =>
      `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: bad${i}\n  annotations:\n    argocd-image-updater.argoproj.io/image-list: ''\nspec: {source: {repoURL: 'https://git.test/x'}}\n`,
  );
  writeFileSync(join(folder, 'applications.yaml'), bad.join('---\n'));
  const child = spawn(process.execPath, [programPath, 'run', '--once', '--applications', folder], {
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    child.stdout.pause();
    setImmediate(() => child.stdout.resume());
  });
  await once(child, 'close');

  expect(output.match(/bad\d+/g)).toHaveLength(manifests);
  expect(output).toContain('Processing results');
});
