/** Override files as large as a file may be. */
import { describe, expect, it } from 'vitest';
import type { HelmParameter } from '../../../../src/core/config/application.ts';
import { editHelmOverride, editKustomizeOverride } from '../../../../src/core/edit/override/override.ts';

const path = '.argocd-source-shop.yaml';

function parameter(name: string, value: string, forceString = true): HelmParameter {
  return { name, value, forceString };
}

function helm(text: string | null, parameters: readonly HelmParameter[]): unknown {
  const edited = editHelmOverride(path, text, parameters);
  return edited.ok ? (edited.value?.text ?? 'no change') : edited.failure;
}

function kustomize(text: string | null, ...images: string[]): unknown {
  const edited = editKustomizeOverride(path, text, images);
  return edited.ok ? (edited.value?.text ?? 'no change') : edited.failure;
}

describe('any file', () => {
  it.each([
    ['parameters', `helm:\n  parameters:\n${'  - name: a\n    value: b\n'.repeat(38_000)}`],
    [
      'parameters with a comment',
      `# c\nhelm:\n  parameters:\n${'  - name: a\n    value: b\n'.repeat(38_000)}`,
    ],
    ['open brackets', '['.repeat(1_000_000)],
    ['keys', Array.from({ length: 90_000 }, (_, index) => `k${index}: 1`).join('\n')],
    ['quotes', `helm: "${'\\"'.repeat(500_000)}"`],
  ])('of a megabyte of %s is answered', (_, text) => {
    expect(helm(text, [parameter('a', 'c')])).toBeDefined();
  });

  it('of tens of thousands of images is answered', () => {
    const text = `# c\nkustomize:\n  images:\n${'  - a:1\n'.repeat(30_000)}`;

    expect(kustomize(text, 'a:2')).toBe(text.replaceAll('a:1', 'a:2'));
  });
});
