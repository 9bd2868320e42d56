import { describe, expect, it } from 'vitest';
import { imageText } from '../../src/core/image.ts';
import { findLive } from '../../src/core/live.ts';
import { aRef, anImage } from './builders.ts';

describe('the running image that an entry means', () => {
  it.each([
    { id: 'I-01', wanted: 'nginx', running: ['nginx:1.25'], found: 'nginx:1.25' },
    { id: '11-4', wanted: 'docker.io/nginx', running: ['nginx:1.25'], found: 'nginx:1.25' },
    {
      id: '11-4',
      wanted: 'nginx',
      running: ['docker.io/library/nginx:1.25'],
      found: 'docker.io/library/nginx:1.25',
    },
    {
      id: '11-4',
      wanted: 'library/nginx',
      running: ['index.docker.io/library/nginx:1'],
      found: 'index.docker.io/library/nginx:1',
    },
    { id: 'I-08', wanted: 'quay.io/some/image', running: ['docker.io/some/image:1'], found: undefined },
    { id: 'I-11', wanted: 'jannfis/barbar', running: ['jannfis/foobar:1.0.0'], found: undefined },
    { id: 'I-16', wanted: 'nginx', running: ['nginx:1.10', 'nginx:1.9'], found: 'nginx:1.10' },
    { id: '11-5', wanted: 'gcr.io/library/foo', running: ['gcr.io/foo:1'], found: undefined },
  ])('$id $wanted among $running: $found', ({ wanted, running, found }) => {
    const live = findLive(anImage({ ref: aRef(wanted) }), running.map(aRef));
    expect(live.kind === 'live' ? imageText(live.ref) : undefined).toBe(found);
  });

  it('I-13 looks for the kustomize name first', () => {
    const image = anImage({ ref: aRef('k1/k2'), kustomizeName: aRef('a/a') });
    const live = findLive(image, [aRef('k1/k2:k3'), aRef('a/a:0.1')]);
    expect(live.kind === 'live' && imageText(live.ref)).toBe('a/a:0.1');
  });

  it('I-12 counts a forced image as live without version', () => {
    expect(findLive(anImage({ forceUpdate: true }), [])).toEqual({ kind: 'unversioned' });
  });

  it('says which images run instead', () => {
    const running = ['a:1', 'b:1', 'c:1', 'd:1', 'e:1', 'f:1'].map(aRef);
    expect(findLive(anImage(), running)).toEqual({
      kind: 'not-live',
      message: 'not among the running images: a:1, b:1, c:1, d:1, e:1 and 1 more',
    });
  });
});
