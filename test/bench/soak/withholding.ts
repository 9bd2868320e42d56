/** What people withhold while the soak runs: entries of the ConfigMap of holds, and when they stood there. */
import type { KubeApi } from '../../fakes/kube-api.ts';

export interface WithheldSpan {
  /** As in the ConfigMap: `freeze`, or an Application. */
  readonly key: string;
  readonly fromMs: number;
  readonly toMs: number;
}

export class Withholding {
  readonly #kube: KubeApi;
  readonly #sinceMs = new Map<string, number>();
  readonly #past: WithheldSpan[] = [];

  constructor(kube: KubeApi) {
    this.#kube = kube;
    this.#write();
  }

  hold(key: string): void {
    if (this.#sinceMs.has(key)) return;
    this.#sinceMs.set(key, Date.now());
    this.#write();
  }

  release(key: string): void {
    const fromMs = this.#sinceMs.get(key);
    if (fromMs === undefined) return;
    this.#past.push({ key, fromMs, toMs: Date.now() });
    this.#sinceMs.delete(key);
    this.#write();
  }

  /** Ends what has lasted longer. */
  releaseAfter(lastingMs: number): void {
    for (const [key, sinceMs] of this.#sinceMs) if (Date.now() - sinceMs > lastingMs) this.release(key);
  }

  get spans(): readonly WithheldSpan[] {
    return this.#past;
  }

  #write(): void {
    const data = Object.fromEntries([...this.#sinceMs.keys()].map((key) => [key, 'reason=soak']));
    this.#kube.objects.put({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'argocd-image-updater-holds', namespace: 'argocd' },
      data,
    });
  }
}
