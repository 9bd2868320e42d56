/** Values that can only be a mistake are refused when they are read, with what was probably meant (fault C8). */
import { describe, expect, it } from 'vitest';
import { type AppConfig, readConfig } from '../../../src/core/config/annotations.ts';
import { anApplication } from '../applications.ts';

const options = { argocdNamespace: 'argocd', defaultPlatform: 'linux/amd64' };

function read(key: string, value: string): AppConfig {
  const annotations = { 'image-list': 'web=acme/web', 'write-back-method': 'git', [key]: value };
  return readConfig(anApplication({ annotations, types: ['Helm'] }), options);
}

function refusals(key: string, value: string): readonly string[] {
  const { images, writeBack } = read(key, value);
  return [...images.map(({ image }) => image), writeBack].flatMap((outcome) =>
    outcome === undefined || outcome.ok ? [] : [outcome.failure.message],
  );
}

describe('fault C8: a value that can only be a mistake', () => {
  it.each([
    ['web.update-strategy', 'semvar', 'did you mean semver?'],
    ['web.update-strategy', 'newest', 'did you mean newest-build?'],
    ['web.update-strategy', 'lastest', 'did you mean newest-build?'],
    ['web.update-strategy', 'Alphabetic', 'did you mean alphabetical?'],
    ['write-back-method', 'gitt', 'did you mean git?'],
    ['write-back-method', 'Argo-CD', 'did you mean argocd?'],
    ['write-back-method', 'git:argocd/creds', 'did you mean git:secret:argocd/creds?'],
    ['write-back-method', 'git:secret:argocd/creds#password', 'did you mean git:secret:argocd/creds?'],
    ['write-back-method', 'git:repo-creds', 'did you mean git:repocreds?'],
    ['web.pull-secret', 'env:$REGISTRY', 'did you mean env:REGISTRY?'],
    ['web.pull-secret', 'env:${REGISTRY}', 'did you mean env:REGISTRY?'],
    ['web.pull-secret', 'env:$(REGISTRY)', 'did you mean env:REGISTRY?'],
    ['web.pull-secret', 'ext:scripts/login.sh', 'has to be absolute'],
    ['web.pull-secret', 'pullsecret:argocd/creds#x', 'did you mean pullsecret:argocd/creds?'],
    ['git-repository', 'https://github.com/a/b/tree/main/apps', 'did you mean https://github.com/a/b?'],
    ['git-repository', 'https://github.com/a/b/blob/main/x.yaml', 'did you mean https://github.com/a/b?'],
    [
      'git-repository',
      'https://git.example.com/a/b/c/-/tree/main',
      'did you mean https://git.example.com/a/b/c?',
    ],
    [
      'git-repository',
      'https://gitea.example.com/a/b/src/branch/main',
      'did you mean https://gitea.example.com/a/b?',
    ],
    ['git-repository', 'https://h.example/a/b.git//apps/shop', 'did you mean https://h.example/a/b.git?'],
    ['git-repository', 'https://h.example/a/b?ref=main', 'did you mean https://h.example/a/b?'],
    ['git-repository', 'https://h.example/', 'it names a host and no repository'],
    ['git-branch', 'https://h.example/a/b', 'it is a URL, not a branch'],
    ['git-branch', '"main"', 'did you mean main?'],
    ['web.allow-tags', '^v1', 'did you mean regexp:^v1?'],
    ['web.allow-tags', 'regex:^v1', 'did you mean regexp:^v1?'],
    ['web.allow-tags', 'regexp:/^v1/', 'did you mean regexp:^v1?'],
    ['web.allow-tags', 'regexp:"^v1"', 'did you mean regexp:^v1?'],
    ['web.manifests.path', '.spec.image', 'did you mean spec.image?'],
    ['web.manifests.path', '$.spec.image', 'did you mean spec.image?'],
    ['web.manifests.path', 'spec/template/image', 'did you mean spec.template.image?'],
    ['web.manifests.path', '{{ .Values.image }}', 'it is no template'],
    ['web.manifests.path', 'spec..image', 'a segment is empty'],
    ['web.manifests.name', 'web,sidecar', 'did you mean web?'],
    ['web.manifests.name', 'Web', 'did you mean web?'],
    ['web.manifests.name', 'a/b', 'no name of a container'],
  ])('%s: %s', (key, value, says) => {
    expect(refusals(key, value)).toEqual([expect.stringContaining(says)]);
    expect(refusals(key, value)[0]).toContain(key);
  });

  it.each([
    ['web.update-strategy', 'Semver'],
    ['write-back-method', 'git:secret:argocd/creds'],
    ['web.pull-secret', 'env:REGISTRY'],
    ['web.pull-secret', 'ext:/scripts/login.sh'],
    ['git-repository', 'https://h.example/group/tree/b.git'],
    ['git-repository', 'https://h.example/group/tree'],
    ['git-repository', 'https://h.example/a/b.git/'],
    ['git-repository', 'https://dev.azure.com/org/project/_git/repo'],
    ['git-repository', 'git@h.example:a/b/tree/main'],
    ['git-branch', 'origin/main'],
    ['git-branch', 'main:feature/{{.AppName}}'],
    ['web.kustomize.image-name', 'localhost:5000/acme/web'],
    ['web.allow-tags', 'regexp:^v1/?$'],
    ['web.manifests.path', 'spec.images.*'],
    ['web.manifests.path', 'spec.containers[0].image'],
    ['web.manifests.name', 'web-1'],
  ])('is not %s: %s', (key, value) => {
    expect(refusals(key, value)).toEqual([]);
  });

  it('is told where it has no effect', () => {
    const { images, warnings } = read('web.kustomize.image-name', 'localhost:5000/acme/web:1.0');

    expect(images[0]?.image.ok).toBe(true);
    expect(warnings.map(({ message }) => message).join('\n')).toContain(
      'did you mean localhost:5000/acme/web?',
    );
  });

  it('tells nothing of a login in a URL', () => {
    const [message = ''] = refusals('git-repository', 'https://bot:hunter2@h.example/a/b/-/tree/main');

    expect(message).toContain('did you mean https://h.example/a/b?');
    expect(message).not.toContain('hunter2');
  });
});
