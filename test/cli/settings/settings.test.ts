/** Flags and environment -> settings. */
import { describe, expect, it } from 'vitest';
import { orderArguments } from '../../../src/cli/flags/argv.ts';
import { runFlags } from '../../../src/cli/flags/commands/run-flags.ts';
import { readRunSettings } from '../../../src/cli/settings/settings.ts';

/** Flags as `name=value` texts. */
function read(flags: readonly string[] = [], environment: Record<string, string> = {}) {
  const given = new Map<string, string[]>();
  for (const flag of flags) {
    const [name = '', ...value] = flag.split('=');
    given.set(name, [...(given.get(name) ?? []), value.join('=')]);
  }
  return readRunSettings(given, environment, '/tmp');
}

function settingsOf(flags: readonly string[] = [], environment: Record<string, string> = {}) {
  const outcome = read(flags, environment);
  if (!outcome.ok) throw new Error(outcome.failure.message);
  return outcome.value.settings;
}

function warningsOf(flags: readonly string[] = [], environment: Record<string, string> = {}) {
  const outcome = read(flags, environment);
  return outcome.ok ? outcome.value.warnings : [outcome.failure.message];
}

function problemOf(flags: readonly string[] = [], environment: Record<string, string> = {}) {
  const outcome = read(flags, environment);
  return outcome.ok ? undefined : outcome.failure.message;
}

describe('defaults', () => {
  it('are those of 0.18, without a warning', () => {
    expect(read()).toEqual({
      ok: true,
      value: {
        warnings: [],
        settings: {
          logLevel: 'info',
          levelIsGiven: false,
          jitterMs: 0,
          logFormat: 'auto',
          hasOldLines: false,
          dryRun: false,
          codeTellsFailures: false,
          schedule: { kind: 'interval', intervalMs: 120_000 },
          source: { kind: 'kubernetes' },
          kubernetes: true,
          namePatterns: [],
          tenants: {
            secretNamespaces: 'any',
            variables: 'any',
            scriptFolder: 'any',
            writePaths: [],
            enforceProjects: false,
          },
          kubeEvents: true,
          failureEvents: true,
          refreshAfterPush: false,
          notificationAnnotations: 'off',
          registriesConf: { path: '/app/config/registries.conf', isGiven: false },
          cacheDirectory: '/tmp/tidewaiter',
          keepsCache: false,
          maxConcurrency: 10,
          cycleTimeoutMs: 300_000,
          tagTtlMs: 21_600_000,
          shutdownGraceMs: 25_000,
          policies: { defaults: new Map() },
          git: {
            author: { name: 'argocd-image-updater', email: 'noreply@argoproj.io' },
            signOff: false,
            trailers: false,
            messagePath: '/app/config/commit.template',
            groupMessagePath: '/app/config/commit-group.template',
            timeoutMs: 90_000,
            maxMirrorBytes: 1024 ** 3,
          },
          health: [{ port: 8080 }],
          metrics: [{ port: 8081 }],
          metricsAreWanted: false,
          tls: {
            folder: '/app/config/tls',
            minVersion: 'TLSv1.3',
            maxVersion: 'TLSv1.3',
            webhooks: 'possible',
            metrics: 'possible',
          },
        },
      },
    });
  });

  it('also stand for every empty variable that a chart passes', () => {
    const variables = Object.values(runFlags).flatMap((flag) => ('variable' in flag ? [flag.variable] : []));
    const environment = Object.fromEntries(variables.map((name) => [name, '']));

    expect(variables.length).toBeGreaterThan(30);
    expect(read([], environment)).toEqual(read());
  });
});

it.each(['app in web', 'app=a b', '!', 'a,,b', 'env in (x'])(
  'fault D4: no server is asked with the selector %j',
  (selector) => {
    expect(problemOf([`match-application-label=${selector}`])).toMatch(
      /"--match-application-label" flag: label selector ".*": .*; expected key=value/,
    );
  },
);

describe('environment variables', () => {
  it.each([
    { variable: 'IMAGE_UPDATER_INTERVAL', text: '5m', path: ['schedule', 'intervalMs'], value: 300_000 },
    { variable: 'IMAGE_UPDATER_LOGLEVEL', text: 'WARN', path: ['logLevel'], value: 'warning' },
    { variable: 'IMAGE_UPDATER_LOGFORMAT', text: 'json', path: ['logFormat'], value: 'json' },
    { variable: 'IMAGE_UPDATER_KUBE_EVENTS', text: 'true', path: ['kubeEvents'], value: false },
    { variable: 'APPLICATIONS_API', text: 'argocd', path: ['source', 'kind'], value: 'argocd' },
    { variable: 'GIT_COMMIT_USER', text: 'bot', path: ['git', 'author', 'name'], value: 'bot' },
    { variable: 'GIT_COMMIT_EMAIL', text: 'a@b', path: ['git', 'author', 'email'], value: 'a@b' },
    { variable: 'GIT_COMMIT_SIGN_OFF', text: 'True', path: ['git', 'signOff'], value: true },
    { variable: 'ARGOCD_EXEC_TIMEOUT', text: '3m', path: ['git', 'timeoutMs'], value: 180_000 },
    { variable: 'ARGOCD_NAMESPACE', text: 'cd', path: ['argocdNamespace'], value: 'cd' },
    {
      variable: 'IMAGE_UPDATER_WATCH_NAMESPACES',
      text: ' a, ,team-*,a ',
      path: ['applicationNamespace'],
      value: 'a,team-*',
    },
    { variable: 'IMAGE_UPDATER_WATCH_NAMESPACES', text: ' a ', path: ['applicationNamespace'], value: 'a' },
  ])('$variable=$text sets $path', ({ variable, text, path, value }) => {
    expect(settingsOf([], { [variable]: text })).toHaveProperty(path, value);
  });

  it('lose against an explicit flag', () => {
    expect(settingsOf(['interval=1m'], { IMAGE_UPDATER_INTERVAL: '5m' }).schedule).toEqual({
      kind: 'interval',
      intervalMs: 60_000,
    });
  });

  it.each([
    { variable: 'IMAGE_UPDATER_INTERVAL', text: '30' },
    { variable: 'IMAGE_UPDATER_INTERVAL', text: '-1m' },
    { variable: 'ARGOCD_EXEC_TIMEOUT', text: '0' },
    { variable: 'GIT_COMMIT_SIGN_OFF', text: 'yes' },
    { variable: 'WEBHOOK_PORT', text: '70000' },
    { variable: 'MAX_CONCURRENT_APPS', text: '5.5' },
    { variable: 'MAX_CONCURRENT_APPS', text: '101' },
  ])('$variable=$text is warned of and replaced by the default', ({ variable, text }) => {
    expect(warningsOf([], { [variable]: text })).toEqual([
      expect.stringContaining(`${variable}="${text}"`) as string,
    ]);
    expect(settingsOf([], { [variable]: text })).toEqual(settingsOf());
  });

  it('operate.md 1: are warned of with the key of the ConfigMap that they come from', () => {
    expect(warningsOf([], { IMAGE_UPDATER_INTERVAL: '300' })[0]).toMatch(
      /^environment variable IMAGE_UPDATER_INTERVAL="300" \(interval in ConfigMap argocd-image-updater-config\): /,
    );
  });

  it('with an unknown log level end the program', () => {
    expect(problemOf([], { IMAGE_UPDATER_LOGLEVEL: 'warning' })).toBe(
      'environment variable IMAGE_UPDATER_LOGLEVEL="warning" (log.level in ConfigMap argocd-image-updater-config): expected one of trace, debug, info, warn, error',
    );
  });

  it('pass the token of Argo CD only where the flag is empty', () => {
    const environment = { APPLICATIONS_API: 'argocd', ARGOCD_TOKEN: 'from-env' };

    expect(settingsOf([], environment).source).toMatchObject({ token: 'from-env' });
    expect(settingsOf(['argocd-auth-token=flag'], environment).source).toMatchObject({ token: 'flag' });
  });
});

describe('ID tokens of Google', () => {
  const flags = [
    'enable-webhook=true',
    'gar-webhook-audience=https://updater.example.com',
    'gar-webhook-email= Push@Acme.iam.gserviceaccount.com,,two@acme.iam.gserviceaccount.com',
  ];

  it('are taken for an audience, of the accounts that are named', () => {
    const idTokens = {
      audience: 'https://updater.example.com',
      emails: ['push@acme.iam.gserviceaccount.com', 'two@acme.iam.gserviceaccount.com'],
      keysUrl: 'https://www.googleapis.com/oauth2/v3/certs',
    };

    expect(settingsOf(flags).webhooks).toMatchObject({ idTokens });
    expect(settingsOf(flags.slice(0, 1)).webhooks).not.toHaveProperty('idTokens');
    const environment = {
      GAR_WEBHOOK_AUDIENCE: idTokens.audience,
      GAR_WEBHOOK_EMAIL: idTokens.emails.join(),
    };
    expect(settingsOf(flags.slice(0, 1), environment).webhooks).toMatchObject({ idTokens });
  });

  it.each([
    [['gar-webhook-audience=a'], '--gar-webhook-audience needs --gar-webhook-email'],
    [['gar-webhook-audience=a', 'gar-webhook-email= , '], '--gar-webhook-audience needs --gar-webhook-email'],
    [['gar-webhook-email=a@b'], '--gar-webhook-email needs --gar-webhook-audience'],
    [
      ['gar-webhook-audience=a', 'gar-webhook-email=push'],
      '--gar-webhook-email "push": expected the address',
    ],
    [
      ['gar-webhook-audience=a', 'gar-webhook-email=a@b', 'gar-webhook-keys-url=http://keys.example.com'],
      '--gar-webhook-keys-url "http://keys.example.com": expected a URL with https',
    ],
  ])('%j: refused', (given, reason) => {
    expect(problemOf(given)).toContain(reason);
  });
});

describe('refused', () => {
  it.each([
    {
      flags: ['loglevel=warning'],
      reason: /invalid argument "warning" for "--loglevel" flag: expected one of/,
    },
    { flags: ['logformat=xml'], reason: /expected one of text, json/ },
    { flags: ['max-concurrency=0'], reason: /"--max-concurrency" flag: expected a whole number from 1/ },
    {
      flags: ['git-max-mirror=512'],
      reason: /"--git-max-mirror" flag: expected a size with unit, such as 512MiB/,
    },
    { flags: ['git-max-mirror=1023KiB'], reason: /of at least 1MiB/ },
    { flags: ['interval=30'], reason: /"--interval" flag: expected a duration with unit/ },
    { flags: ['interval=-1m'], reason: /expected a duration .* of at least 0s/ },
    { flags: ['dry-run=maybe'], reason: /"--dry-run" flag: expected true or false/ },
    { flags: ['health-port=99999'], reason: /from 0 to 65535/ },
    { flags: ['health-probe-bind-address=8081'], reason: /expected \[host\]:port/ },
    { flags: ['metrics-bind-address=8443'], reason: /--metrics-bind-address "8443": expected/ },
    { flags: ['schedule=0 3 * * *', 'interval=1m'], reason: /exclude each other/ },
    {
      flags: ['schedule=61 * * * *'],
      reason: /--schedule "61 \* \* \* \*": 61 is a invalid expression for minute/,
    },
    { flags: ['schedule=0 0 30 2 *'], reason: /impossible day/ },
    { flags: ['schedule=@daily', 'schedule-timezone=Mars/Base'], reason: /no such time zone/ },
    { flags: ['schedule-timezone=Europe/Berlin'], reason: /needs --schedule/ },
    { flags: ['disable-kubernetes=true'], reason: /nothing to read Applications from/ },
    { flags: ['watch-namespaces= , '], reason: /^--watch-namespaces " , ": expected namespaces or globs/ },
    { flags: ['application-namespace=Team A'], reason: /^--application-namespace "Team A": expected/ },
    { flags: ['application-namespace=team-['], reason: /expected namespaces or globs/ },
  ])('$flags', ({ flags, reason }) => {
    expect(problemOf(flags)).toMatch(reason);
  });
});

describe('settings that depend on each other', () => {
  it.each([['once=true'], ['interval=0'], ['interval=0s']])(
    '%s is one cycle without a health port',
    (flag) => {
      expect(settingsOf([flag])).toMatchObject({ schedule: { kind: 'once' }, health: [] });
    },
  );

  it('reads Applications from files without Kubernetes', () => {
    expect(settingsOf(['applications=a.yaml', 'applications=b,c'])).toMatchObject({
      source: { kind: 'files', paths: ['a.yaml', 'b,c'] },
      kubernetes: false,
    });
  });

  it.each([
    ['--applications', ['applications=a.yaml']],
    ['--dry-run', ['dry-run=true']],
  ])('says that with %s Argo CD is told nothing', (flag, flags) => {
    expect(warningsOf([...flags, 'refresh-after-push=true'])).toEqual([
      `--refresh-after-push has no effect with ${flag}: Argo CD is told nothing`,
    ]);
    expect(warningsOf(flags, { IMAGE_UPDATER_REFRESH_AFTER_PUSH: 'true' })).toEqual([]);
    expect(warningsOf(['refresh-after-push=true'])).toEqual([]);
  });

  it('splits names to match at commas', () => {
    expect(settingsOf(['match-application-name=a*,b', 'match-application-name=c']).namePatterns).toEqual([
      'a*',
      'b',
      'c',
    ]);
  });

  it('computes the next start in the time zone of the schedule', () => {
    const { schedule } = settingsOf(['schedule=0 3 * * *', 'schedule-timezone=Asia/Tokyo']);

    const now = Date.now();
    const next = schedule.kind === 'cron' ? new Date(now + schedule.nextDelayMs(now)) : undefined;

    expect(next?.toISOString()).toMatch(/T18:00:00/);
  });

  it.each([
    { text: ':8081', expected: [{ port: 8080 }, { port: 8081 }] },
    { text: '127.0.0.1:8081', expected: [{ port: 8080 }, { host: '127.0.0.1', port: 8081 }] },
    { text: '[::1]:8081', expected: [{ port: 8080 }, { host: '::1', port: 8081 }] },
    { text: ':8080', expected: [{ port: 8080 }] },
    { text: '0', expected: [{ port: 8080 }] },
  ])('answers health probes at $text too', ({ text, expected }) => {
    expect(settingsOf([`health-probe-bind-address=${text}`]).health).toEqual(expected);
  });

  it('warns of an interval below a minute', () => {
    expect(warningsOf(['interval=10s'])).toEqual([expect.stringContaining('rate limits') as string]);
  });

  it.each([
    [['leader-election=true'], { name: 'c21b75f2.argoproj.io' }],
    [
      ['leader-election=true', 'leader-election-namespace=ops', 'leader-election-id=team-a'],
      { name: 'team-a', namespace: 'ops' },
    ],
    [['leader-election=true', 'once=true'], undefined],
    [[], undefined],
  ])('issue 10, 4: elects by %j', (flags, election) => {
    expect(settingsOf(flags).election).toEqual(election);
  });

  it.each([
    [['applications=x'], /^--leader-election keeps a Lease in a cluster, and none is used/],
    [
      ['leader-election-namespace=a.b'],
      /^--leader-election-namespace "a\.b": expected the name of a namespace/,
    ],
    [['leader-election-id=Not A Name'], /^--leader-election-id "Not A Name": expected the name of a Lease/],
  ])('issue 10, 4: elects nobody by %j', (flags, message) => {
    expect(problemOf(['leader-election=true', ...flags])).toMatch(message);
  });

  it('names flags without effect in one warning', () => {
    const flags = ['enable-http2=true', 'max-concurrent-apps=3', 'warmup-cache=false', 'metrics-port=0'];

    expect(warningsOf(flags)).toEqual([
      'accepted, but without effect in this version: --enable-http2, --max-concurrent-apps',
    ]);
  });
});

describe('orderArguments', () => {
  it.each([
    {
      title: 'a flag before the command',
      argv: ['--metrics-bind-address=:8443', 'run'],
      ordered: ['run', '--metrics-bind-address=:8443'],
    },
    {
      title: 'a flag with its value before the command',
      argv: ['--loglevel', 'debug', 'run'],
      ordered: ['run', '--loglevel', 'debug'],
    },
    {
      title: 'a boolean that takes no word',
      argv: ['--once', 'run', '--dry-run', 'x'],
      ordered: ['run', '--once=true', '--dry-run=true', 'x'],
    },
    {
      title: 'a boolean with its value',
      argv: ['run', '--dry-run=false'],
      ordered: ['run', '--dry-run=false'],
    },
    {
      title: 'a value that looks like a flag',
      argv: ['run', '--interval', '-1m'],
      ordered: ['run', '--interval', '-1m'],
    },
    { title: 'an unknown flag', argv: ['run', '--nope'], ordered: ['run', '--nope'] },
    { title: 'words of objects', argv: ['run', '--constructor'], ordered: ['run', '--constructor'] },
    { title: 'words behind --', argv: ['run', '--', '--once'], ordered: ['run', '--', '--once'] },
    { title: 'no command', argv: ['--help'], ordered: ['--help'] },
  ])('understands $title', ({ argv, ordered }) => {
    expect(orderArguments(argv, runFlags)).toEqual(ordered);
  });
});

describe('the flags of tenants', () => {
  it('fault A10: are read into rules', () => {
    const flags = ['secret-namespaces=own,shared', 'env-credentials=A, B', 'script-folder=/scripts'];
    expect(settingsOf([...flags, 'write-paths=a=/a/**,b=/b/*', 'write-paths=*=/c']).tenants).toEqual({
      secretNamespaces: ['own', 'shared'],
      variables: ['A', 'B'],
      scriptFolder: '/scripts',
      writePaths: [
        { text: 'a=/a/**', namespaces: 'a', steps: ['a', '**'] },
        { text: 'b=/b/*', namespaces: 'b', steps: ['b', '*'] },
        { text: '*=/c', namespaces: '*', steps: ['c'] },
      ],
      enforceProjects: false,
    });
    expect(settingsOf(['enforce-projects=true']).tenants.enforceProjects).toBe(true);
    expect(settingsOf(['env-credentials=none', 'script-folder=none']).tenants).toMatchObject({
      variables: [],
      scriptFolder: undefined,
    });
  });

  it.each([
    ['secret-namespaces=', 'any, own, or namespaces'],
    ['secret-namespaces=own,any', 'any, own, or namespaces'],
    ['secret-namespaces=none', 'any, own, or namespaces'],
    ['secret-namespaces=Own', 'any, own, or namespaces'],
    ['env-credentials=A,none', 'any, none, or names'],
    ['env-credentials=A*', 'any, none, or names'],
    ['script-folder=scripts', 'any, none, or the absolute path'],
    ['script-folder=/scripts/..', 'any, none, or the absolute path'],
    ['script-folder=/a/../b', 'any, none, or the absolute path'],
    ['write-paths=team-a', '<namespaces>=/<glob>'],
    ['write-paths=a=/a/**,', '<namespaces>=/<glob>'],
  ])('fault A10: refuse %s', (flag, expected) => {
    expect(problemOf([flag])).toContain(`expected ${expected}`);
  });
});

describe('what holds back updates', () => {
  it('is given by flag or variable, the flag first', () => {
    const { policies } = settingsOf(['default-min-age=3d', 'max-commits-per-hour=10'], {
      IMAGE_UPDATER_DEFAULT_MIN_AGE: '1d',
      IMAGE_UPDATER_DEFAULT_SKIP_TAGS: '2.1.5 # crashes',
      IMAGE_UPDATER_DEFAULT_ROLLBACK: '',
    });

    expect(policies).toEqual({
      defaults: new Map([
        ['skip-tags', '2.1.5 # crashes'],
        ['min-age', '3d'],
      ]),
      maxCommitsPerHour: 10,
    });
  });

  it.each([
    ['default-min-age=3x', '--default-min-age'],
    ['default-window=allow "0 0 31 2 *" 1h', 'no such time comes within five years'],
    ['default-hold=until=2h', 'expected a time'],
    ['default-max-commits-per-hour=0', 'to stop all writes use freeze'],
  ])('--%s is refused', (flag, why) => {
    expect(problemOf([flag])).toContain(why);
  });

  it('--holds is for manifests', () => {
    expect(problemOf(['holds=holds.yaml'])).toContain('--holds is read with --applications only');
    expect(settingsOf(['holds=holds.yaml', 'applications=apps']).source).toEqual({
      kind: 'files',
      paths: ['apps'],
      holds: 'holds.yaml',
    });
  });
});
