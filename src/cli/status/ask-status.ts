/** Asks a daemon for its status. */
import { configFailure, fail, type Outcome, succeed } from '../../core/base/outcome.ts';
import { parseJson } from '../../core/base/json.ts';
import { settle } from '../../core/base/settle.ts';
import { within } from '../../net/deadline.ts';
import { type StatusDocument, statusSchema } from '../../web/status/document.ts';
import type { FlagValues } from '../flags/flag.ts';
import { userAgent } from '../process/build-info.ts';
import { systemClock } from '../process/clock.ts';
import type { ProgramIo } from '../process/program-io.ts';
import { askAddress } from './ask-address.ts';
import type { statusFlags } from './status-flags.ts';

type Values = Omit<FlagValues<typeof statusFlags>, 'all' | 'watch' | 'json'>;

/** How long somebody who wants nothing else waits. */
const usualPatienceMs = 15_000;

/** `app`: the only Application that is asked about. `timeoutMs`: how long the answer may take. */
export async function askStatus(
  values: Values,
  app: string | undefined,
  io: ProgramIo,
  timeoutMs = usualPatienceMs,
): Promise<Outcome<StatusDocument>> {
  const path = `status.json${app === undefined ? '' : `?app=${encodeURIComponent(app)}`}`;
  if (values.address !== '') return documentOf(await askAddress(values, path, io.environment, timeoutMs));
  const first = documentOf(await ofPod(values, path, io, timeoutMs));
  if (!first.ok || first.value.leader?.leads !== false) return first;
  const { name } = first.value.leader;
  if (name === undefined) return first;
  const second = documentOf(await ofPod(values, path, io, timeoutMs, podOf(name)));
  return second.ok ? second : first;
}

/** Of the identity of a replica. */
function podOf(name: string): string {
  return name.replace(/_[^_]*$/, '');
}

function documentOf(text: Outcome<string>): Outcome<StatusDocument> {
  if (!text.ok) return text;
  const parsed = statusSchema.safeParse(parseJson(text.value));
  if (parsed.success) return succeed(parsed.data);
  return fail(
    configFailure(
      'the answer is no status that this version knows: is it a Tidewaiter of the same version that answers?',
    ),
  );
}

async function ofPod(
  values: Values,
  path: string,
  { environment }: ProgramIo,
  timeoutMs: number,
  pod?: string,
): Promise<Outcome<string>> {
  if (values['token-file'] !== '')
    return fail(
      configFailure(
        '--token-file needs --address: the API server keeps logins to itself; use kubectl port-forward',
      ),
    );
  const { kubeconfig, 'argocd-namespace': namespace, 'metrics-port': port } = values;
  const { readPodPage } = await import('../../kube/api/pod-page.ts');
  const page = {
    environment,
    clock: systemClock,
    userAgent,
    port,
    path,
    ...(kubeconfig === '' ? {} : { kubeconfigPath: kubeconfig }),
    ...(namespace === '' ? {} : { namespace }),
    ...(pod === undefined ? {} : { pod }),
  };
  return await settle(() => within(systemClock, timeoutMs, [], (signal) => readPodPage(page, signal)));
}
