/** What an Application may name, by the rules that administrators set. */
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/core/config/annotations.ts';
import { mayName, openToAll, type TenantRules } from '../../../src/core/tenants/tenant-rules.ts';
import { anApplication } from '../applications.ts';

function credential(text: string) {
  const [kind, rest = ''] = text.split(':');
  if (kind === 'env') return { kind, name: rest } as const;
  if (kind === 'ext') return { kind, path: rest } as const;
  return { kind: 'secret', namespace: rest } as const;
}

function permission(text: string, rules: Partial<TenantRules>): string {
  const answer = mayName(credential(text), 'team-a', { ...openToAll, ...rules });
  return typeof answer === 'string' ? answer : answer.refusal.replace(/ does not allow .*/, ' refuses');
}

describe('a credential that an annotation names', () => {
  it.each<[string, Partial<TenantRules>, string]>([
    ['secret:argocd', {}, 'unlimited'],
    ['secret:team-a', { secretNamespaces: ['own'] }, 'allowed'],
    ['secret:argocd', { secretNamespaces: ['own'] }, '--secret-namespaces own refuses'],
    ['secret:own', { secretNamespaces: ['own'] }, '--secret-namespaces own refuses'],
    ['secret:shared', { secretNamespaces: ['own', 'shared'] }, 'allowed'],
    ['secret:team-a', { secretNamespaces: ['shared'] }, '--secret-namespaces shared refuses'],
    ['secret:team-ab', { secretNamespaces: ['own'] }, '--secret-namespaces own refuses'],
    ['env:TOKEN', {}, 'unlimited'],
    ['env:TOKEN', { variables: ['TOKEN'] }, 'allowed'],
    ['env:token', { variables: ['TOKEN'] }, '--env-credentials TOKEN refuses'],
    ['env:TOKEN', { variables: [] }, '--env-credentials none refuses'],
    ['ext:/usr/bin/env', {}, 'unlimited'],
    ['ext:/scripts/login.sh', { scriptFolder: '/scripts' }, 'allowed'],
    ['ext:/scripts/aws/login.sh', { scriptFolder: '/scripts/' }, 'allowed'],
    ['ext:/scripts/../usr/bin/env', { scriptFolder: '/scripts' }, '--script-folder /scripts refuses'],
    ['ext:/scripts-of-others/x', { scriptFolder: '/scripts' }, '--script-folder /scripts refuses'],
    ['ext:/scripts/', { scriptFolder: '/scripts' }, '--script-folder /scripts refuses'],
    ['ext:scripts/x', { scriptFolder: '/scripts' }, '--script-folder /scripts refuses'],
    ['ext:/scripts/x', { scriptFolder: undefined }, '--script-folder none refuses'],
  ])('fault A10: %s with %j is %s', (text, rules, expected) => {
    expect(permission(text, rules)).toBe(expected);
  });

  it('fault A10: is warned of only as long as nobody has decided about it', () => {
    const app = anApplication({
      annotations: { 'image-list': 'web=acme/web', 'web.pull-secret': 'env:LOGIN' },
    });
    const options = { argocdNamespace: 'argocd', defaultPlatform: 'linux/amd64' };
    const warned = (tenants: TenantRules) =>
      readConfig(app, { ...options, tenants }).warnings.map(({ annotation }) => annotation);

    expect(warned(openToAll)).toContain('web.pull-secret');
    expect(warned({ ...openToAll, variables: ['LOGIN'] })).not.toContain('web.pull-secret');
  });
});
