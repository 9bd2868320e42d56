import { describe, expect, it } from 'vitest';
import { type ImageRef, imageText } from '../../../src/core/image/image.ts';
import { parseImageListEntry } from '../../../src/core/config/keys/image-list.ts';
import { findLive, type LiveHints } from '../../../src/core/decide/live.ts';
import { mayFollow } from '../../../src/core/strategy/tag-order.ts';
import { aRef, anImage, valueOf } from '../builders.ts';

describe('the running image that an entry means', () => {
  it.each([
    { id: 'I-01', wanted: 'nginx', running: ['nginx:1.25'], found: 'nginx:1.25' },
    { id: '11-4, I-02', wanted: 'docker.io/nginx', running: ['nginx:1.25'], found: 'nginx:1.25' },
    {
      id: '11-4, I-03',
      wanted: 'nginx',
      running: ['docker.io/library/nginx:1.25'],
      found: 'docker.io/library/nginx:1.25',
    },
    { id: '11-4, I-04', wanted: 'library/nginx', running: ['nginx:1.25'], found: 'nginx:1.25' },
    {
      id: 'I-05',
      wanted: 'docker.io/library/nginx',
      running: ['docker.io/nginx:1.24'],
      found: 'docker.io/nginx:1.24',
    },
    {
      id: '11-3, I-06',
      wanted: 'docker.io/library/nginx',
      running: ['docker.io/library/nginx:1.25.0'],
      found: 'docker.io/library/nginx:1.25.0',
    },
    { id: 'I-07', wanted: 'index.docker.io/foo/bar', running: ['foo/bar:1'], found: 'foo/bar:1' },
    {
      id: '11-4',
      wanted: 'library/nginx',
      running: ['index.docker.io/library/nginx:1'],
      found: 'index.docker.io/library/nginx:1',
    },
    { id: 'I-08', wanted: 'quay.io/some/image', running: ['docker.io/some/image:1'], found: undefined },
    { id: 'I-11', wanted: 'jannfis/barbar', running: ['jannfis/foobar:1.0.0'], found: undefined },
    { id: 'I-16', wanted: 'nginx', running: ['nginx:1.10', 'nginx:1.9'], found: 'nginx:1.10' },
    { id: '11-5, I-10', wanted: 'gcr.io/library/foo', running: ['gcr.io/foo:1'], found: undefined },
    { id: 'I-20', wanted: 'Nginx/x', running: ['nginx/x:1'], found: undefined },
  ])('$id $wanted among $running: $found', ({ wanted, running, found }) => {
    const live = findLive(anImage({ ref: aRef(wanted) }), running.map(aRef));
    expect(live.kind === 'live' ? imageText(live.ref) : undefined).toBe(found);
  });

  describe('fault C4: of several running images of one repository', () => {
    const running = ['ghcr.io/acme/app:main-aaa', 'ghcr.io/acme/app:v1.0.0', 'ghcr.io/acme/app:v2.0.0'].map(
      aRef,
    );
    const image = anImage({ ref: aRef('ghcr.io/acme/app') });
    const found = (hints: LiveHints, order: readonly ImageRef[] = running) => {
      const live = findLive(image, order, hints);
      return live.kind === 'live' ? live.ref.tag : live.kind;
    };
    const semver = { admits: ({ tag = '' }: ImageRef) => mayFollow({ kind: 'semver' }, tag) };

    it.each([
      ['the first', {}, 'main-aaa'],
      ['the first that the rules admit', semver, 'v1.0.0'],
      [
        'of those the one that the own key holds',
        { ...semver, held: aRef('ghcr.io/acme/app:v2.0.0') },
        'v2.0.0',
      ],
      [
        'an admitted one before what the key holds',
        { ...semver, held: aRef('ghcr.io/acme/app:main-aaa') },
        'v1.0.0',
      ],
      [
        'the held one where the rules admit none',
        { admits: () => false, held: aRef('x/y:v1.0.0') },
        'v1.0.0',
      ],
      ['the first where nothing fits', { admits: () => false, held: aRef('x/y:v9') }, 'main-aaa'],
    ])('%s', (_, hints, tag) => {
      expect(found(hints)).toBe(tag);
    });

    it('takes the same one in any order', () => {
      const held = aRef('ghcr.io/acme/app:v2.0.0');

      expect(found({ ...semver, held }, running.toReversed())).toBe('v2.0.0');
    });
  });

  it('I-13 looks for the kustomize name first', () => {
    const image = anImage({ ref: aRef('k1/k2'), kustomizeName: aRef('a/a') });
    const live = findLive(image, [aRef('k1/k2:k3'), aRef('a/a:0.1')]);
    expect(live.kind === 'live' && imageText(live.ref)).toBe('a/a:0.1');
  });

  it('11-3, I-09 finds the image of an entry with host, port and constraint', () => {
    const { image } = valueOf(parseImageListEntry('localhost:5000/foo:~1'));
    const live = findLive(anImage({ ref: image }), [aRef('localhost:5000/foo:1.0')]);

    expect(live.kind === 'live' && imageText(live.ref)).toBe('localhost:5000/foo:1.0');
  });

  it('11-23, I-17 gives both aliases of one image the first reference', () => {
    const running = [aRef('nginx:1.25.3'), aRef('nginx:1.26.1')];
    const [a, b] = ['a', 'b'].map((alias) => findLive(anImage({ alias, ref: aRef('nginx') }), running));

    expect([a, b]).toMatchObject([{ ref: { tag: '1.25.3' } }, { ref: { tag: '1.25.3' } }]);
  });

  it('I-12 counts a forced image as live without version', () => {
    expect(findLive(anImage({ forceUpdate: true }), [])).toEqual({ kind: 'unversioned' });
  });

  it('11-7 says which images run instead, each once and without its version', () => {
    const running = ['a:1', 'a:2', 'b:1', 'c:1', 'd:1', 'e:1', 'f:1'].map(aRef);
    expect(findLive(anImage(), running)).toEqual({
      kind: 'not-live',
      message: 'not among the running images: a, b, c, d, e and 1 more',
    });
  });
});
