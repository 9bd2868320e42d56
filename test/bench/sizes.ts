/** The sizes that cycles are measured at. */
import type { LoadSize } from './load.ts';

const base: LoadSize = {
  name: '300',
  applications: 300,
  imagesPerApplication: 2,
  gitRepositories: 1,
  imageRepositories: 40,
  tags: 30,
  registry: 'docker-registry',
  target: 'override',
  strategy: 'semver',
  latencyMs: 20,
};

const large: LoadSize = { ...base, tags: 5, registry: 'in-process' };

export const sizes: readonly LoadSize[] = [
  base,
  { ...base, name: '300-helmvalues', target: 'helmvalues' },
  {
    ...base,
    name: '300-repositories',
    gitRepositories: 300,
    strategy: 'newest-build',
    registry: 'in-process',
  },
  { ...large, name: '1000', applications: 1000, gitRepositories: 50, imageRepositories: 200 },
  { ...large, name: '5000', applications: 5000, gitRepositories: 200, imageRepositories: 1000 },
];
