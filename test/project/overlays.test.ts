/** Overlays of the shipped manifests, built by the real Kustomize where kubectl is installed. */
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

const folder = join(import.meta.dirname, '../../manifests/overlays');
const hasKubectl = spawnSync('kubectl', ['kustomize', '--help']).status === 0;

interface Built {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: {
    readonly selector?: unknown;
    readonly ports?: readonly { readonly targetPort: unknown }[];
    readonly template?: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: {
        readonly containers: readonly {
          readonly args: readonly string[];
          readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
        }[];
      };
    };
  };
}

function build(overlay: string): readonly Built[] {
  const text = execFileSync('kubectl', ['kustomize', join(folder, overlay)], { encoding: 'utf8' });
  return parseAllDocuments(text).map((document) => document.toJS() as Built);
}

function podOf(objects: readonly Built[]) {
  const template = objects.find(({ kind }) => kind === 'Deployment')?.spec?.template;
  return { labels: template?.metadata.labels ?? {}, container: template?.spec.containers[0] };
}

describe.skipIf(!hasKubectl)('an overlay (skipped: needs kubectl)', () => {
  it.each([
    ['webhook', 'argocd-image-updater-service', 8082],
    ['monitoring', 'argocd-image-updater-metrics', 8081],
  ])('%s: its Service reaches the port that the pod opens', (overlay, name, port) => {
    const objects = build(overlay);
    const { labels, container } = podOf(objects);
    const service = objects.find(({ kind, metadata }) => kind === 'Service' && metadata.name === name);

    expect(Object.entries(service?.spec?.selector ?? {})).not.toEqual([]);
    for (const [label, value] of Object.entries(service?.spec?.selector ?? {}))
      expect(labels[label]).toBe(value);
    const target = service?.spec?.ports?.[0]?.targetPort;
    expect(container?.ports.find(({ name: portName }) => portName === target)?.containerPort).toBe(port);
  });

  it('webhook turns them on', () => {
    expect(podOf(build('webhook')).container?.args).toEqual(['run', '--enable-webhook']);
  });

  it('monitoring is scraped through the one Service that its monitor selects', () => {
    const objects = build('monitoring');
    const monitor = objects.find(({ kind }) => kind === 'ServiceMonitor') as
      | { readonly spec: { readonly selector: { readonly matchLabels: Readonly<Record<string, string>> } } }
      | undefined;
    const labels = monitor?.spec.selector.matchLabels ?? {};
    const selected = objects.filter(
      ({ kind, metadata }) =>
        kind === 'Service' &&
        Object.entries(labels).every(
          ([label, value]) =>
            (metadata as { labels?: Readonly<Record<string, string>> }).labels?.[label] === value,
        ),
    );

    expect(selected.map(({ metadata }) => metadata.name)).toEqual(['argocd-image-updater-metrics']);
  });
});
