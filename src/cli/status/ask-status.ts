/** Asks a daemon for its status. */
import { configFailure, fail, type Outcome, succeed } from '../../core/base/outcome.ts';
import { parseJson } from '../../core/base/json.ts';
import { quoted } from '../../core/base/quoted.ts';
import { settle } from '../../core/base/settle.ts';
import { type StatusDocument, statusSchema } from '../../web/status/document.ts';
import type { FlagValues } from '../flags/flag.ts';
import { userAgent } from '../process/build-info.ts';
import { systemClock } from '../process/clock.ts';
import type { ProgramIo } from '../process/program-io.ts';
import { readTextFile } from '../settings/text-file.ts';
import type { statusFlags } from './status-flags.ts';

type Values = FlagValues<typeof statusFlags>;

const timeoutMs = 15_000;
const maxBytes = 64 << 20;

/** `app`: the only Application that is asked about. */
export async function askStatus(
  values: Values,
  app: string | undefined,
  io: ProgramIo,
): Promise<Outcome<StatusDocument>> {
  const path = `status.json${app === undefined ? '' : `?app=${encodeURIComponent(app)}`}`;
  const text = values.address === '' ? await ofPod(values, path, io) : await ofAddress(values, path);
  if (!text.ok) return text;
  const parsed = statusSchema.safeParse(parseJson(text.value));
  if (parsed.success) return succeed(parsed.data);
  return fail(
    configFailure(
      'the answer is no status that this version knows: is it a Tidewaiter of the same version that answers?',
    ),
  );
}

async function ofPod(values: Values, path: string, { environment }: ProgramIo): Promise<Outcome<string>> {
  if (values['token-file'] !== '')
    return fail(
      configFailure(
        '--token-file needs --address: the API server keeps logins to itself; use kubectl port-forward',
      ),
    );
  const { kubeconfig, 'argocd-namespace': namespace, 'metrics-port': port } = values;
  const { readPodPage } = await import('../../kube/api/pod-page.ts');
  return await settle(() =>
    readPodPage(
      {
        environment,
        clock: systemClock,
        userAgent,
        port,
        path,
        ...(kubeconfig === '' ? {} : { kubeconfigPath: kubeconfig }),
        ...(namespace === '' ? {} : { namespace }),
      },
      AbortSignal.timeout(timeoutMs),
    ),
  );
}

async function ofAddress(
  { address, 'token-file': tokenFile }: Values,
  path: string,
): Promise<Outcome<string>> {
  const url = URL.parse(address.replace(/\/(status(\.json)?)?$/, ''));
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.search !== '')
    return fail(configFailure(`--address ${quoted(address)}: expected a URL such as http://127.0.0.1:8081`));
  const token = tokenFile === '' ? succeed('') : await readToken(tokenFile);
  if (!token.ok) return token;
  const authorization: Record<string, string> =
    token.value === '' ? {} : { authorization: `Bearer ${token.value}` };
  try {
    const answer = await fetch(`${url.href.replace(/\/$/, '')}/${path}`, {
      headers: { accept: 'application/json', 'user-agent': userAgent, ...authorization },
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (answer.status === 200) return succeed(await bounded(answer));
    const words = answer.status === 401 ? 'it wants the token of --status-token-file: use --token-file' : '';
    return fail(
      configFailure(`${url.host} answers ${answer.status}`, undefined, words === '' ? undefined : words),
    );
  } catch (error) {
    return fail(configFailure(`${url.host} does not answer: ${reasonOf(error)}`));
  }
}

async function readToken(path: string): Promise<Outcome<string>> {
  const read = await readTextFile(path);
  if (!read.ok) return read;
  const token = read.value?.trim() ?? '';
  return /^[!-~]+$/.test(token)
    ? succeed(token)
    : fail(configFailure(`--token-file ${quoted(path)}: there is no token in it`));
}

/** Throws for more than a status has. */
async function bounded({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new Error('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** What fetch fails for is in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && cause.message !== '' ? cause.message : error.message;
}
