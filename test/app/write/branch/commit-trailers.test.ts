/** Trailers of a commit: one line each, whatever the texts of others hold. */
import { describe, expect, it } from 'vitest';
import { commitTrailers } from '../../../../src/app/write/branch/commit-trailers.ts';
import { aRef, anImage } from '../../../core/builders.ts';

const digest = `sha256:${'b'.repeat(64)}`;
const to = aRef('ghcr.io/acme/web:2.1.5');
const web = anImage({ alias: 'web', constraintText: '~2.1' });

describe('trailers', () => {
  it('name Application and rule', () => {
    expect(commitTrailers({ key: 'argocd/shop', updates: [{ image: web, to }] })).toEqual([
      'Image-Updater-Application: argocd/shop',
      'Image-Updater-Rule: semver ~2.1',
    ]);
  });

  it('name the digest where it is known', () => {
    const image = anImage({
      alias: 'web',
      strategy: { kind: 'digest', tag: 'stable' },
      constraintText: 'stable',
    });
    const updates = [{ image, to: aRef(`ghcr.io/acme/web:stable@${digest}`) }];

    expect(commitTrailers({ key: 'argocd/shop', updates }).slice(1)).toEqual([
      'Image-Updater-Rule: digest stable',
      `Image-Updater-Digest: ${digest}`,
    ]);
  });

  it('begin with the alias where several images change, of the same rule too', () => {
    const api = anImage({ alias: '', index: 1, ref: aRef('ghcr.io/acme/api'), constraintText: '~2.1' });
    const updates = [
      { image: web, to },
      { image: api, to: aRef('ghcr.io/acme/api:2.1.9') },
    ];

    expect(commitTrailers({ key: 'argocd/shop', updates })).toEqual([
      'Image-Updater-Application: argocd/shop',
      'Image-Updater-Rule: web semver ~2.1',
      'Image-Updater-Rule: acme/api semver ~2.1',
    ]);
  });

  it('are one line each, whatever a constraint or a name holds', () => {
    const image = anImage({ constraintText: '>=1\n\nSigned-off-by: x\u2028y' });

    const lines = commitTrailers({ key: 'argocd/a\r\nCo-authored-by: x', updates: [{ image, to }] });

    expect(lines).toEqual([
      'Image-Updater-Application: argocd/a Co-authored-by: x',
      'Image-Updater-Rule: semver >=1 Signed-off-by: x y',
    ]);
  });
});
