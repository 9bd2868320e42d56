/** The discovery documents of the fake API server: enough for `kubectl get`, `describe` and `patch`. */
import type { JsonObject } from './json.ts';
import { type Resource, resources } from './store.ts';

/** null: no such document. */
export function discoveryDocument(path: string, hasImageUpdaters: boolean): JsonObject | null {
  const groups = groupNames(hasImageUpdaters);
  if (path === '/version') {
    return { major: '1', minor: '32', gitVersion: 'v1.32.0', platform: 'linux/amd64' };
  }
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'] };
  if (path === '/apis') return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(group) };
  if (path === '/api/v1') return resourceList('', 'v1');
  const [, name = '', version = ''] = /^\/apis\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  return groups.includes(name) && version === versionOf(name) ? resourceList(name, version) : null;
}

function groupNames(hasImageUpdaters: boolean): readonly string[] {
  const installed = resources.filter(({ kind }) => hasImageUpdaters || kind !== 'ImageUpdater');
  return [...new Set(installed.map(({ group: name }) => name))].filter((name) => name !== '');
}

function versionOf(name: string): string {
  return resources.find((resource) => resource.group === name)?.version ?? '';
}

function group(name: string): JsonObject {
  const version = { groupVersion: `${name}/${versionOf(name)}`, version: versionOf(name) };
  return { name, versions: [version], preferredVersion: version };
}

function resourceList(groupName: string, version: string): JsonObject {
  const listed = resources.filter((resource) => resource.group === groupName && resource.version === version);
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: groupName === '' ? version : `${groupName}/${version}`,
    resources: listed.flatMap((resource) => [
      described(resource, ''),
      ...(resource.status ? [described(resource, '/status')] : []),
    ]),
  };
}

function described(resource: Resource, subresource: string): JsonObject {
  return {
    name: resource.plural + subresource,
    singularName: resource.kind.toLowerCase(),
    namespaced: resource.namespaced,
    kind: resource.kind,
    verbs:
      subresource === ''
        ? ['create', 'delete', 'get', 'list', 'patch', 'update']
        : ['get', 'patch', 'update'],
    shortNames: [...resource.shortNames],
  };
}
