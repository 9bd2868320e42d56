/** A page of a pod of ours, through the API server's proxy: no port has to be opened, and no Service is needed. */
import * as z from 'zod';
import { configFailure, Failed } from '../../core/base/outcome.ts';
import { parseJson } from '../../core/base/json.ts';
import type { Clock } from '../../ports/clock.ts';
import { makeKubeClient } from './client.ts';
import type { ApiCall } from './error.ts';
import { successBody } from './exchange.ts';
import { loadClusterConfig } from './kubeconfig.ts';
import type { Environment } from './service-account.ts';

export interface PodPageOptions {
  readonly environment: Environment;
  readonly clock: Clock;
  readonly userAgent: string;
  readonly kubeconfigPath?: string;
  /** Absent: the namespace of the context or the pod, else `argocd`. */
  readonly namespace?: string;
  /** Absent: any that runs. */
  readonly pod?: string;
  readonly port: number;
  /** `status.json?app=…`, as it is sent. */
  readonly path: string;
}

const label = 'app.kubernetes.io/name=argocd-image-updater';
const requestTimeoutMs = 30_000;
const maxPodsBytes = 16 << 20;
const maxPageBytes = 64 << 20;

const podsSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      status: z.object({ phase: z.string().nullish() }).nullish(),
    }),
  ),
});

/** Throws `Failed` (kube, or config where there is no cluster and no pod). */
export async function readPodPage(options: PodPageOptions, signal: AbortSignal): Promise<string> {
  const { environment, clock, userAgent, kubeconfigPath, port, path } = options;
  const source = { environment, ...(kubeconfigPath === undefined ? {} : { path: kubeconfigPath }) };
  const { namespace: own } = loadClusterConfig(source);
  const namespace = options.namespace ?? own ?? 'argocd';
  const load = () => loadClusterConfig(source).config;
  const exchange = makeKubeClient({ load, clock, userAgent, requestTimeoutMs });
  const pods = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
  const get = async (call: ApiCall, place: string, maxBodyBytes: number): Promise<string> =>
    successBody(call, await exchange(call, { method: 'GET', path: place, maxBodyBytes }, signal));
  const listing: ApiCall = {
    doing: `list pods in namespace ${namespace}`,
    resource: `pods ${namespace}`,
    advice: { forbidden: `allow verb "list" on "pods" in namespace "${namespace}", or use --address` },
  };
  const listed = await get(listing, `${pods}?labelSelector=${encodeURIComponent(label)}`, maxPodsBytes);
  const parsed = podsSchema.safeParse(parseJson(listed));
  const running = parsed.data?.items.filter(({ status }) => status?.phase === 'Running') ?? [];
  const names = running.map(({ metadata }) => metadata.name);
  const pod = names.find((name) => name === options.pod) ?? names[0];
  if (pod === undefined) {
    const message = `no pod with label ${label} runs in namespace ${namespace}`;
    throw new Failed(configFailure(message, undefined, 'name its namespace with --argocd-namespace'));
  }
  const asking: ApiCall = {
    doing: `read ${path} of pod ${namespace}/${pod}`,
    resource: `pods/proxy ${namespace}/${pod}`,
    advice: { forbidden: `allow verb "get" on "pods/proxy" in namespace "${namespace}", or use --address` },
  };
  return await get(asking, `${pods}/${encodeURIComponent(`${pod}:${port}`)}/proxy/${path}`, maxPageBytes);
}
