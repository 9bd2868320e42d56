/** The Kubernetes manifests that are shipped. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments, parseDocument } from 'yaml';
import type { Rule } from '../fakes/kube-api.ts';

const folder = join(import.meta.dirname, '../../manifests');

export type Manifest = Readonly<Record<string, unknown>> & {
  readonly kind: string;
  readonly metadata: { readonly name: string };
};

/** All documents of a file below manifests/; throws where one is no plain YAML. */
export function readManifests(path: string): readonly Manifest[] {
  return parseAllDocuments(readFileSync(join(folder, path), 'utf8')).map((document) => {
    const [problem] = [...document.errors, ...document.warnings];
    if (problem !== undefined) throw problem;
    return document.toJS() as Manifest;
  });
}

/** What the Kustomize base lists. */
export function baseManifests(): readonly Manifest[] {
  const text = readFileSync(join(folder, 'base/kustomization.yaml'), 'utf8');
  const { resources } = parseDocument(text).toJS() as { readonly resources: readonly string[] };
  return resources.flatMap((path) => readManifests(`base/${path}`));
}

/** A ClusterRole is for all namespaces, a Role for `argocd`. */
export function rulesOf(manifests: readonly Manifest[]): readonly Rule[] {
  return manifests.flatMap((manifest) => {
    const rules = (manifest['rules'] as readonly Rule[] | undefined) ?? [];
    return manifest.kind === 'Role' ? rules.map((rule) => ({ ...rule, namespace: 'argocd' })) : rules;
  });
}
