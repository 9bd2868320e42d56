/** The shipped triggers and templates, in the engine of Argo CD Notifications itself. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { failureReasons, lastError, lastUpdate } from '../../../src/core/report/notices.ts';
import type { ApplicationReport } from '../../../src/core/report/report.ts';
import { readManifests } from '../../project/shipped.ts';

const program = process.env['TIDEWAITER_NOTIFICATIONS'];
const prefix = 'argocd-image-updater.argoproj.io/';
const atMs = Date.UTC(2026, 0, 2, 3, 4, 5);
const commit = '3f2c1e8d00000000000000000000000000000000';

interface Told {
  readonly triggers: Readonly<
    Record<string, readonly { readonly Triggered: boolean; readonly OncePer: string }[]>
  >;
  readonly notifications: Readonly<
    Record<
      string,
      {
        readonly message: string;
        readonly email: { readonly subject: string; readonly body: string };
        readonly slack: { readonly attachments: string };
        readonly teams: { readonly title: string; readonly facts: string; readonly potentialAction: string };
      }
    >
  >;
}

function tell(annotations: Readonly<Record<string, string>> | undefined): Told {
  const [configMap] = readManifests('notifications/argocd-notifications-cm.yaml');
  const metadata = {
    name: 'shop',
    namespace: 'argocd',
    ...(annotations === undefined ? {} : { annotations }),
  };
  const vars = { app: { metadata }, context: { argocdUrl: 'https://argocd.example.com' } };
  const input = JSON.stringify({ data: configMap?.['data'], vars });
  const { status, stdout, stderr } = spawnSync(program ?? '', [], { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Told;
}

function reportOf(parts: Partial<ApplicationReport>): ApplicationReport {
  return { app: 'argocd/shop', decisions: [], changes: [], warnings: [], ...parts };
}

describe.skipIf(program === undefined)(
  'triggers and templates of Argo CD Notifications (skipped: needs TIDEWAITER_NOTIFICATIONS)',
  () => {
    it('are silent for who has no such annotation, or none at all', () => {
      for (const annotations of [undefined, {}, { [`${prefix}image-list`]: 'web' }]) {
        const { triggers } = tell(annotations);

        expect(Object.keys(triggers).toSorted()).toEqual(['on-image-update-failed', 'on-image-updated']);
        expect(
          Object.values(triggers)
            .flat()
            .map(({ Triggered }) => Triggered),
        ).toEqual([false, false]);
      }
    });

    it('tell of an update, once for each', () => {
      const changes = [
        { alias: 'web', name: 'acme/web', fullName: 'ghcr.io/acme/web', oldTag: '1.0', newTag: '1.1' },
        { alias: '', name: 'x', fullName: 'x"<!channel>', oldTag: '', newTag: 'sha256:ab' },
      ];
      const write = {
        kind: 'committed',
        sha: commit,
        branch: 'main',
        repo: 'https://git.test/ops',
        scalars: [],
      } as const;
      const text = lastUpdate(reportOf({ changes, write }), atMs) ?? '';

      const told = tell({ [`${prefix}last-update`]: text });

      expect(told.triggers['on-image-updated']).toMatchObject([
        { Triggered: true, OncePer: '2026-01-02T03:04:05Z' },
      ]);
      expect(Object.keys(told.notifications)).toEqual(['on-image-updated']);
      const { message, email, slack, teams } = told.notifications['on-image-updated'] ?? ({} as never);
      expect(message).toBe('shop: ghcr.io/acme/web 1.0 → 1.1, x"&lt;!channel&gt; ? → sha256:ab');
      expect(email.subject).toBe('shop: new images');
      expect(email.body).toContain('<li>ghcr.io/acme/web 1.0 → 1.1</li>');
      expect(email.body).toContain('/applications/argocd/shop');
      expect(JSON.parse(slack.attachments)).toMatchObject([
        {
          title: 'shop',
          title_link: 'https://argocd.example.com/applications/argocd/shop',
          fields: [
            { title: 'ghcr.io/acme/web', value: '1.0 → 1.1' },
            { value: '? → sha256:ab' },
            { title: 'Commit', value: '3f2c1e8d on main of https://git.test/ops' },
          ],
        },
      ]);
      expect(JSON.parse(teams.facts)).toMatchObject([{ value: '1.0 → 1.1' }, {}, { name: 'Commit' }]);
      expect(JSON.parse(teams.potentialAction)).toHaveLength(1);
    });

    it('tell of an update without commit', () => {
      const text = lastUpdate(reportOf({ write: { kind: 'patched' } }), atMs) ?? '';

      const { email, slack } =
        tell({ [`${prefix}last-update`]: text }).notifications['on-image-updated'] ?? ({} as never);

      expect(email.body).not.toContain('Commit');
      expect(JSON.parse(slack.attachments)).toMatchObject([{ fields: [] }]);
    });

    it('tell that something fails, with what to do, and let nobody speak to a channel', () => {
      const message = 'server says: "<!channel> & more"';
      const failure = {
        kind: 'git',
        code: 'rejected',
        repo: 'https://git.test/ops',
        message,
        advice: 'ask <ops>',
      } as const;
      const report = reportOf({ write: { kind: 'failed', failure } });
      const text = lastError(report, failureReasons(report) ?? [], atMs);

      const told = tell({ [`${prefix}last-error`]: text });

      expect(told.triggers['on-image-update-failed']).toMatchObject([
        { Triggered: true, OncePer: '2026-01-02T03:04:05Z' },
      ]);
      const {
        message: line,
        email,
        slack,
        teams,
      } = told.notifications['on-image-update-failed'] ?? ({} as never);
      expect(line).toBe('shop: images cannot be updated: server says: "&lt;!channel&gt; &amp; more"');
      expect(email.body).toContain('<p>ask &lt;ops&gt;</p>');
      expect(JSON.parse(slack.attachments)).toMatchObject([{ text: 'ask &lt;ops&gt;' }]);
      expect(JSON.parse(teams.facts)).toContainEqual({ name: 'What to do', value: 'ask <ops>' });
    });
  },
);
