/** Why this checkout is no release. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Files that name the version, and how. */
const places: readonly (readonly [string, RegExp])[] = [
  ['charts/tidewaiter/Chart.yaml', /^version: (.*)$/gm],
  ['charts/tidewaiter/Chart.yaml', /^appVersion: v(.*)$/gm],
  ['manifests/base/deployment.yaml', /image: ghcr\.io\/tidewaiter\/tidewaiter:v(\S+)/g],
  ['manifests/install.yaml', /image: ghcr\.io\/tidewaiter\/tidewaiter:v(\S+)/g],
];

/** One line per problem. `tags` are those of the commit, `changes` what `git status --porcelain` prints. */
export function releaseProblems(
  root: string,
  version: string,
  tags: readonly string[],
  changes: string,
): readonly string[] {
  const misnamed = places.flatMap(([path, pattern]) => {
    const found = Array.from(
      readFileSync(join(root, path), 'utf8').matchAll(pattern),
      ([, text = '']) => text,
    );
    if (found.length === 0) return [`${path} names no version`];
    return found.flatMap((text) =>
      text === version ? [] : [`${path} names version ${text}, package.json ${version}`],
    );
  });
  return [
    ...misnamed,
    ...(tags.includes(`v${version}`) ? [] : [`the commit has no tag v${version}`]),
    ...(changes === '' ? [] : [`there are changes that are not committed:\n${changes}`]),
  ];
}
