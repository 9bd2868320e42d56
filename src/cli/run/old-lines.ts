/**
 * The lines that 0.18 has at level info, with its words and its fields, for those who count them: `--log-lines 0.18`.
 * They come beside our own. Measured on 0.18.0.
 */
import type { Decision } from '../../core/decide/decision.ts';
import { fullName, imageText, versionText } from '../../core/image/image.ts';
import type { ApplicationReport, WriteResult } from '../../core/report/report.ts';
import type { RunSettings } from '../settings/run-settings.ts';
import type { LogLine } from '../log/cycle-log.ts';
import type { Log } from '../log/log.ts';
import { print, type Teller } from '../log/teller.ts';
import { banner } from './banner.ts';

/** The same teller, with these lines before its own. */
export function withOldLines(teller: Teller, log: Log): Teller {
  return {
    ...teller,
    application: (report) => {
      print(log, oldLines(report));
      teller.application(report);
    },
  };
}

/** Those of an Application: nothing is said of a write that failed but what 0.18 says before it tries. */
export function oldLines(report: ApplicationReport): readonly LogLine[] {
  const { write, changes, decisions } = report;
  const name = report.app.slice(report.app.indexOf('/') + 1);
  const updates = decisions.filter((decision) => decision.kind === 'update');
  if (write === undefined) return [];
  if (write.kind === 'unchanged') {
    return updates.map((update) =>
      imageLine(name, update, `New image ${imageText(update.to)} already set in spec`),
    );
  }
  const isDry = write.kind === 'dry-run';
  return [
    ...updates.flatMap((update) => updateLines(name, update, isDry)),
    ...writeLines(name, changes.length, write),
  ];
}

type Update = Extract<Decision, { kind: 'update' }>;

function updateLines(name: string, update: Update, isDry: boolean): readonly LogLine[] {
  const to = imageText(update.to);
  const from = update.from === undefined ? fullName(update.image.ref) : imageText(update.from);
  return [
    imageLine(name, update, `Setting new image to ${to}`),
    imageLine(
      name,
      update,
      `Successfully updated image '${from}' to '${to}', but pending spec update (dry run=${isDry})`,
    ),
  ];
}

function imageLine(application: string, { image, from }: Update, message: string): LogLine {
  const fields = {
    application,
    alias: image.alias,
    registry: image.ref.registry,
    image_name: image.ref.name,
    image_tag: from === undefined ? '' : versionText(from),
  };
  return { level: 'info', message, fields };
}

function writeLines(application: string, count: number, write: WriteResult): readonly LogLine[] {
  const line = (message: string): LogLine => ({ level: 'info', message, fields: { application } });
  if (write.kind === 'dry-run') return [line(`Dry run - not committing ${count} changes to application`)];
  const begun = line(`Committing ${count} parameter update(s) for application ${application}`);
  if (write.kind === 'failed') return [begun];
  const pushed = write.kind === 'committed' ? [line(`git push origin ${write.branch}`)] : [];
  return [begun, ...pushed, line('Successfully updated the live application spec')];
}

/** Those of a start. Nothing is warmed up here, and so it is finished at once. */
export function oldStartLines(settings: RunSettings): readonly LogLine[] {
  const { source, argocdNamespace, metrics, schedule } = settings;
  const { kind } = source;
  const [server, token, insecure, plaintext] =
    kind === 'argocd'
      ? [source.address, source.token !== '', source.insecure, source.plaintext]
      : ['', false, false, false];
  const address = server === '' ? `argocd-server.${argocdNamespace ?? 'argocd'}` : server;
  const line = (message: string): LogLine => ({ level: 'info', message, fields: {} });
  return [
    line(banner(settings, 'argocd-image-updater')),
    line(
      `ArgoCD configuration: [apiKind=${kind}, server=${address}, auth_token=${token}, insecure=${insecure}, grpc_web=false, plaintext=${plaintext}]`,
    ),
    ...(schedule.kind === 'never'
      ? []
      : metrics.map(({ port }) => line(`Starting metrics server on TCP port=${port}`))),
    line('Finished cache warm-up, pre-loaded 0 meta data entries from 0 registries'),
  ];
}
