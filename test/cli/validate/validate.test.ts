/** The command `validate`: what it finds and where, and that it finds nothing in what is right. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkFile } from '../../../src/cli/validate/check-file.ts';
import type { Finding } from '../../../src/cli/validate/findings/finding.ts';
import type { SarifLog } from '../../../src/cli/validate/output/sarif.ts';
import { runInProcess, temporaryFolder } from '../start-program.ts';
import { goodManifests } from './good-manifests.ts';
import { seeded } from './seeded.ts';

const options = { argocdNamespace: 'argocd', defaultPlatform: 'linux/amd64', nowMs: Date.UTC(2026, 10, 28) };

function lineOfMark(text: string): number {
  return text.split('\n').findIndex((line) => line.includes('⟵')) + 1;
}

describe('validate finds', () => {
  it('at least sixty different mistakes', () => {
    expect(new Set(seeded.map(({ text }) => text)).size).toBeGreaterThanOrEqual(60);
  });

  it.each(seeded)('$rule: $title', ({ rule, text }) => {
    const { findings } = checkFile(text, true, options);

    const line = lineOfMark(text) || lineOf(text, 'api=registry');
    expect(new Set(findings.map((found) => `${found.rule} ${found.line}`))).toEqual(
      new Set([`${rule} ${line}`]),
    );
  });
});

function lineOf(text: string, part: string): number {
  return text.split('\n').findIndex((line) => line.includes(part)) + 1;
}

describe('validate finds nothing', () => {
  it('in two hundred manifests that are right', () => {
    const manifests = goodManifests();
    const alarms = manifests.flatMap(({ title, text }) =>
      checkFile(text, true, options).findings.map(({ rule, message }) => `${title}: ${message} [${rule}]`),
    );

    expect(manifests.length).toBeGreaterThanOrEqual(200);
    expect(new Set(manifests.map(({ text }) => text)).size).toBe(manifests.length);
    expect(alarms).toEqual([]);
  });
});

const application = (
  name: string,
  annotations: string,
  path = 'apps/shop',
) => `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: ${name}
  annotations:
    argocd-image-updater.argoproj.io/image-list: web=registry.example.com/acme/web:~2.1
    argocd-image-updater.argoproj.io/write-back-method: git
${annotations}spec:
  source: {repoURL: https://git.example.com/acme/deploy.git, path: ${path}, helm: {}}
`;
const bad = application('shop', '    argocd-image-updater.argoproj.io/web.update-strategy: newst\n');

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

async function findingsOf(...words: readonly string[]) {
  const { code, stdout, stderr } = await runInProcess(['validate', '--format=json', ...words]);
  const { findings } = JSON.parse(stdout) as { readonly findings: readonly Finding[] };
  return { code, stderr, findings };
}

describe('validate', () => {
  it('tells file, line, column, severity, message and rule; 1 where there are errors, else 0', async () => {
    const folder = folderWith({ 'apps/bad.yaml': bad, 'apps/good.yaml': application('good', '') });

    const all = await runInProcess(['validate', folder]);
    const good = await runInProcess(['validate', join(folder, 'apps/good.yaml')]);

    expect(all).toEqual({
      code: 1,
      stdout: `${folder}/apps/bad.yaml:8:5 error   web.update-strategy "newst": expected one of semver, newest-build, alphabetical, digest, numeric [update-strategy]\n2 files: 1 error, 0 warnings\n`,
      stderr: '',
    });
    expect(good).toEqual({ code: 0, stdout: '1 file: 0 errors, 0 warnings\n', stderr: '' });
  });

  it('reads a stream on stdin', async () => {
    const { code, stdout } = await runInProcess(['validate', '-'], {}, `---\n# nothing\n---\n${bad}`);

    expect(code).toBe(1);
    expect(stdout).toContain('-:11:5 error');
  });

  it('passes over what is none of ours in folders: values, charts, other kinds', async () => {
    const folder = folderWith({
      'values.yaml': 'image: {tag: 1.0.0}\n',
      'broken.yaml': 'a: [\n',
      'chart/templates/deployment.yaml': 'kind: Deployment\n{{- if .Values.x }}\nmetadata: {}\n{{- end }}\n',
      'deployment.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n',
      'app.yaml': application('plain', '').replaceAll(/ {4}argocd-image-updater.*\n/g, ''),
    });

    expect(await findingsOf(folder)).toEqual({ code: 0, stderr: '', findings: [] });
  });

  it('says of a template that it has to be rendered, and looks at registries.conf of a folder', async () => {
    const folder = folderWith({
      'templates/app.yaml': `${bad}{{- if }}\n`.replace('kind: App', '{{ x }}\nkind: App'),
      'registries.conf': 'registries:\n- name: A\n  api_url: ftp://a\n  prefix: a\n',
    });

    const { findings } = await findingsOf(folder);

    expect(findings.map(({ rule, line }) => [rule, line])).toEqual([
      ['unrendered-template', 2],
      ['registries-conf', 3],
    ]);
  });

  it('tells of objects that are there twice, and of paths that are not there', async () => {
    const folder = folderWith({ 'a.yaml': application('shop', ''), 'b.yaml': application('shop', '') });

    const { code, findings } = await findingsOf(folder, join(folder, 'none.yaml'));

    expect(code).toBe(1);
    expect(findings.map(({ rule, line }) => [rule, line])).toEqual([
      ['duplicate-object', 4],
      ['unreadable-file', 1],
    ]);
  });

  it('fails with --strict for warnings too, and needs something to look at', async () => {
    const folder = folderWith({
      'a.yaml': application('shop', '    argocd-image-updater.argoproj.io/web.platforms: linux/x64\n'),
    });

    expect((await findingsOf(folder)).code).toBe(0);
    expect((await findingsOf('--strict', folder)).code).toBe(1);
    expect(await runInProcess(['validate'])).toMatchObject({ code: 1, stdout: '' });
  });
});

describe('validate --repo', () => {
  const targets = (target: string) =>
    `    argocd-image-updater.argoproj.io/write-back-target: ${target}\n    argocd-image-updater.argoproj.io/web.helm.image-tag: image.tga\n    argocd-image-updater.argoproj.io/web.helm.image-name: image.name\n`;
  const checkout = {
    'apps/shop/Chart.yaml': 'name: shop\n',
    'apps/shop/values.yaml': 'image:\n  name: registry.example.com/acme/web\n  tag: 2.1.4\n',
    'apps/k/kustomization.yaml': 'resources: []\n',
  };

  it('finds targets and keys that are not in the checkout, with the place of their annotation', async () => {
    const repo = folderWith(checkout);
    const folder = folderWith({
      'a.yaml': application('key', targets('helmvalues')),
      'b.yaml': application('file', targets('helmvalues:vals.yaml')),
      'c.yaml': application('folder', '', 'apps/shpo'),
      'd.yaml': application(
        'kustom',
        '    argocd-image-updater.argoproj.io/write-back-target: kustomization\n',
      ),
    });

    const { code, findings } = await findingsOf(`--repo=${repo}`, folder);

    expect(code).toBe(1);
    expect(findings.map(({ rule, line, message }) => [rule, line, message])).toEqual([
      ['target-key', 9, expect.stringMatching(/key image\.tga is new.*did you mean image\.tag\?/)],
      ['target-file', 8, expect.stringMatching(/vals\.yaml is not there.*did you mean/)],
      ['target-file', 6, expect.stringMatching(/folder apps\/shpo of the source does not exist.*apps\/shop/)],
      ['target-file', 8, expect.stringMatching(/none of kustomization\.yaml/)],
    ]);
  });

  it('says nothing of targets that are there, nor of other repositories than that of the checkout', async () => {
    const config = (url: string) => `[remote "origin"]\n\turl = ${url}\n`;
    const good = targets('helmvalues').replace('image.tga', 'image.tag');
    const folder = folderWith({ 'a.yaml': application('good', good) });
    const here = folderWith({ ...checkout, '.git/config': config('git@git.example.com:acme/deploy.git') });
    const elsewhere = folderWith({ '.git/config': config('https://git.example.com/acme/other') });

    expect(await findingsOf(`--repo=${here}`, folder)).toEqual({ code: 0, stderr: '', findings: [] });
    expect(await findingsOf(`--repo=${elsewhere}`, folder)).toEqual({
      code: 0,
      stderr: 'Warning: 1 Application writes to other repositories than that of --repo\n',
      findings: [],
    });
  });
});

describe('the output of validate', () => {
  it('annotates a workflow of GitHub', async () => {
    const folder = folderWith({ 'bad.yaml': bad });

    const { stdout } = await runInProcess(['validate', '--format=github', folder]);

    expect(stdout).toBe(
      `::error file=${folder}/bad.yaml,line=8,col=5,title=update-strategy::web.update-strategy "newst": expected one of semver, newest-build, alphabetical, digest, numeric\n`,
    );
  });

  it('is a code-quality report of GitLab, with a fingerprint for each', async () => {
    const folder = folderWith({ 'bad.yaml': bad, 'worse.yaml': bad.replace('name: shop', 'name: x') });

    const { stdout } = await runInProcess(['validate', '--format=gitlab', folder]);

    const issues = JSON.parse(stdout) as readonly { readonly fingerprint: string }[];
    expect(issues).toHaveLength(2);
    expect(new Set(issues.map(({ fingerprint }) => fingerprint)).size).toBe(2);
    expect(issues[0]).toMatchObject({
      check_name: 'update-strategy',
      severity: 'major',
      location: { path: `${folder}/bad.yaml`, lines: { begin: 8 } },
    });
  });

  it('is SARIF 2.1.0, whose results lead to rules and places', async () => {
    const folder = folderWith({ 'a b.yaml': bad });

    const { stdout } = await runInProcess(['validate', '--format=sarif', folder]);

    const log = JSON.parse(stdout) as SarifLog;
    expect([log.version, log.runs.length]).toEqual(['2.1.0', 1]);
    const [run] = log.runs;
    const ids = run?.tool.driver.rules.map(({ id }) => id) ?? [];
    expect(new Set(ids).size).toBe(ids.length);
    expect(run?.results).toHaveLength(1);
    for (const { ruleId, ruleIndex, level, locations } of run?.results ?? []) {
      expect(ids[ruleIndex]).toBe(ruleId);
      expect(['error', 'warning', 'note']).toContain(level);
      expect(locations[0]?.physicalLocation).toEqual({
        artifactLocation: { uri: `${folder}/a%20b.yaml` },
        region: { startLine: 8, startColumn: 5 },
      });
    }
  });
});
