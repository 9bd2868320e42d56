/** The adapter for manifest files keeps the cluster contract. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { makeFileCluster } from '../../../src/kube/files/files.ts';
import { clusterContract } from '../../contracts/cluster.ts';
import type { ObjectSeed } from '../../fakes/kube-api.ts';
import { temporaryFolder } from '../fixtures.ts';

clusterContract({
  name: 'a folder of manifests',
  live: false,
  isLax: true,
  start: (objects) => {
    const folder = temporaryFolder();
    const put = (object: ObjectSeed): void => {
      const { namespace = '', name } = object.metadata;
      writeFileSync(join(folder, `${object.kind}-${namespace}-${name}.yaml`), stringify(object));
    };
    for (const object of objects) put(object);
    return Promise.resolve({
      put: async (object) => put(object),
      make: ({ namePatterns = [], ...settings }) =>
        makeFileCluster({ ...settings, namePatterns, paths: [folder] }),
    });
  },
});
