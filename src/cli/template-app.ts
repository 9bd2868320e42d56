/** `template --app`: the message that the pending change of one Application would get, from a cycle that writes nothing. */
import type { AppKey } from '../core/config/application.ts';
import { configFailure, type Failure, fail, type Outcome, succeed } from '../core/base/outcome.ts';
import { quoted } from '../core/base/quoted.ts';
import type { ApplicationReport, CycleReport } from '../core/report/report.ts';
import type { GivenFlags } from './flags/flag-values.ts';
import type { ProgramIo } from './process/program-io.ts';
import { rehearse } from './rehearse/rehearse.ts';

export interface PendingMessage {
  readonly message: string;
  /** What the log of a cycle would warn of. */
  readonly warnings: readonly string[];
}

/** `name`: `namespace/name`, or the name alone in the namespace of Argo CD. `path` "": the default template. */
export async function pendingMessage(
  name: string,
  path: string,
  given: GivenFlags,
  io: ProgramIo,
): Promise<Outcome<PendingMessage>> {
  const argocdNamespace = given.get('argocd-namespace')?.at(-1) ?? 'argocd';
  const app = name.includes('/') ? name : `${argocdNamespace}/${name}`;
  const flags = new Map([...given].filter(([flag]) => flag !== 'app')).set('git-commit-message-path', [path]);
  const scope = { kind: 'some', apps: new Set([app]) } as const;
  const rehearsed = await rehearse(flags, io, { scope, logLevel: 'warning' });
  return rehearsed.ok ? messageIn(rehearsed.value.report, app) : rehearsed;
}

function messageIn(report: CycleReport, app: AppKey): Outcome<PendingMessage> {
  if (report.failure !== undefined) return fail(report.failure);
  const own = report.applications.find((each) => each.app === app);
  if (own === undefined)
    return refuse(`--app ${quoted(app)}: there is no such Application with an image-list`);
  const failure = failureOf(own);
  if (failure !== undefined) return fail(failure);
  if (own.write?.kind !== 'dry-run') {
    return refuse(
      `--app ${quoted(app)}: no change is pending; without --app the template is rendered with sample data`,
    );
  }
  const { would } = own.write;
  if (would.kind === 'patch')
    return refuse(`--app ${quoted(app)}: its changes go to the live Application, without a commit`);
  const warnings = own.warnings.map(({ message }) => message);
  return succeed({ message: would.message, warnings });
}

function failureOf({ write, decisions }: ApplicationReport): Failure | undefined {
  if (write?.kind === 'failed') return write.failure;
  if (write !== undefined) return undefined;
  return decisions.find((decision) => decision.kind === 'failed')?.failure;
}

function refuse<T>(message: string): Outcome<T> {
  return fail(configFailure(message));
}
