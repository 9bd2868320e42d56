/** Builders with defaults for tests of the core. */
import type { TrackedImage } from '../../src/core/config/annotations.ts';
import type { Application } from '../../src/core/config/application.ts';
import { type ImageRef, parseImageRef } from '../../src/core/image/image.ts';
import type { Outcome } from '../../src/core/base/outcome.ts';

export function valueOf<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(outcome.failure.message);
  return outcome.value;
}

export function aRef(text: string): ImageRef {
  return valueOf(parseImageRef(text));
}

export function anImage(changes: Partial<TrackedImage> = {}): TrackedImage {
  return {
    alias: 'web',
    entry: 'web=ghcr.io/acme/web',
    index: 0,
    ref: aRef('ghcr.io/acme/web'),
    strategy: { kind: 'semver' },
    filter: { ignore: [] },
    platforms: ['linux/amd64'],
    forceUpdate: false,
    verifyPlatform: false,
    allowsDowngrade: false,
    format: 'tag',
    helm: {},
    manifests: {},
    ...changes,
  };
}

export function anApplication(changes: Partial<Application> = {}): Application {
  return {
    namespace: 'argocd',
    name: 'shop',
    uid: 'uid-1',
    resourceVersion: '1',
    project: 'default',
    annotations: {},
    labels: {},
    sourceKind: 'single',
    sources: [
      { repoURL: 'https://git.example.com/ops/deploy.git', path: 'apps/shop', targetRevision: 'main' },
    ],
    status: { sourceTypes: ['Helm'], images: [] },
    ...changes,
  };
}
