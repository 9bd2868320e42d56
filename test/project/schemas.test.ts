/** The JSON Schemas for editors: made from the code, right about the documentation, and no stricter than the readers. */
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { fromJSONSchema } from 'zod';
import { registryEntryProperties } from '../../scripts/schemas/registries-schema.ts';
import { schemaFiles } from '../../scripts/schemas/schemas.ts';
import { configMapFiles, configMapFlags } from '../../src/cli/settings/files/config-map-keys.ts';
import { runFlags } from '../../src/cli/flags/commands/run-flags.ts';
import { annotationPrefix } from '../../src/core/config/keys/annotation-keys.ts';
import { goodManifests } from '../cli/validate/good-manifests.ts';
import { seeded } from '../cli/validate/seeded.ts';
import { codeBlocks, documents, readText } from './markdown.ts';
import { baseManifests } from './shipped.ts';

const files = schemaFiles();
const schemaOf = (name: string) =>
  fromJSONSchema(JSON.parse(files.get(`${name}.schema.json`) ?? '') as Parameters<typeof fromJSONSchema>[0]);
const application = schemaOf('application');
const registries = schemaOf('registries');
const configMap = schemaOf('config-map');

interface Example {
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly data?: Readonly<Record<string, string>>;
  readonly registries?: unknown;
}

const examples = documents.flatMap((document) =>
  codeBlocks(readText(document))
    .filter(({ info }) => info.startsWith('yaml'))
    .flatMap(({ text }) => parseAllDocuments(text))
    .map((parsed) => ({ document, example: parsed.toJS() as Example | null })),
);

describe('docs/schemas', () => {
  it.each([...files])('%s is as the code makes it', (name, content) => {
    expect(readText(`docs/schemas/${name}`)).toBe(content);
  });

  it('are right about the examples of the documentation', () => {
    let compared = 0;
    for (const { document, example } of examples) {
      const annotations = example?.metadata?.annotations ?? {};
      if (Object.keys(annotations).some((key) => key.startsWith(annotationPrefix))) {
        const spec = { source: { repoURL: 'https://git.example.com/x' } };
        const parsed = application.safeParse({ metadata: { name: 'x', annotations }, spec });
        expect([document, parsed.error?.issues]).toEqual([document, undefined]);
        compared += 1;
      }
      const conf = example?.data?.['registries.conf'];
      const listed = conf === undefined ? example : (parse(conf) as Example);
      if (listed?.registries !== undefined) {
        expect([document, registries.safeParse(listed).error?.issues]).toEqual([document, undefined]);
        compared += 1;
      }
      if (example?.metadata?.name === 'argocd-image-updater-config') {
        expect([document, configMap.safeParse(example).error?.issues]).toEqual([document, undefined]);
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(12);
  });

  it('take every manifest that is right', () => {
    const apps = goodManifests().filter(({ text }) => text.includes('kind: Application\n'));

    expect(apps.length).toBeGreaterThan(100);
    expect(apps.filter(({ text }) => !application.safeParse(parse(text)).success)).toEqual([]);
  });

  it.each(
    seeded.filter(
      ({ rule, text }) =>
        ['unknown-key', 'force-update', 'downgrade', 'write-back-method', 'application-shape'].includes(
          rule,
        ) &&
        /^apiVersion: argoproj[^]*kind: Application\n/.test(text) &&
        text.includes(`${annotationPrefix}image-list:`) &&
        !text.includes('\n---\n'),
    ),
  )('refuse $rule: $title', ({ text }) => {
    const value: unknown = parse(text);

    expect(application.safeParse(value).success).toBe(false);
  });

  it('know the keys of registries.conf that its parser reads', () => {
    const code = readText('src/core/registries/registry-entry.ts');
    const read = Array.from(code.matchAll(/fields\.(?!report)\w+\('(\w+)'\)/g), ([, key = '']) => key);

    expect(Object.keys(registryEntryProperties).toSorted()).toEqual([...new Set(read)].toSorted());
  });

  it('know the keys of the ConfigMap that the Deployment hands over, for the variables of the flags', () => {
    const deployment = JSON.stringify(baseManifests().find(({ kind }) => kind === 'Deployment'));
    const handed = Array.from(
      deployment.matchAll(
        /"name":"(\w+)","valueFrom":\{"configMapKeyRef":\{"name":"argocd-image-updater-config","key":"([^"]+)"/g,
      ),
      ([, variable = '', key = '']) => [key, variable],
    );
    const known = Object.entries(configMapFlags).map(([key, flag]) => [key, runFlags[flag].variable]);

    expect(Object.fromEntries(known)).toEqual(Object.fromEntries(handed));
    for (const key of Object.keys(configMapFiles)) expect(deployment).toContain(`"key":"${key}"`);
  });
});
