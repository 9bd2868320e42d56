/** What is kept of Application objects, with annotations that are tried on them. */
import { describe, expect, it } from 'vitest';
import { annotationPrefix } from '../../src/core/config/annotations.ts';
import { readNamePatterns } from '../../src/kube/names.ts';
import { makeSieve } from '../../src/kube/sieve.ts';

const list = `${annotationPrefix}image-list`;
const strategy = `${annotationPrefix}update-strategy`;

function sifted(own: Readonly<Record<string, string>> | undefined) {
  const tried = new Map([['argocd/web', { [list]: 'nginx' }]]);
  const sieve = makeSieve(readNamePatterns([]), 'argocd', tried);
  for (const name of ['web', 'api'])
    sieve.add({
      metadata: { name, namespace: 'argocd', ...(own === undefined ? {} : { annotations: own }) },
      spec: { source: { repoURL: 'https://git.example/x' } },
    });
  return sieve.result().applications.map(({ name, annotations }) => [name, annotations]);
}

describe('annotations that are tried', () => {
  it('make an Application one of ours that has none, and no other', () => {
    expect(sifted(undefined)).toEqual([['web', { [list]: 'nginx' }]]);
  });

  it('go over its own, one by one', () => {
    expect(sifted({ [list]: 'busybox', [strategy]: 'digest' })).toEqual([
      ['web', { [list]: 'nginx', [strategy]: 'digest' }],
      ['api', { [list]: 'busybox', [strategy]: 'digest' }],
    ]);
  });
});
