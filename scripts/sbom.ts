/** What the bundle consists of, as an SPDX 2.3 document in JSON. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BundledPackage } from './packages.ts';

export interface Built {
  readonly commit: string;
  /** RFC 3339. */
  readonly date: string;
}

/** The same text for the same bundle. Checksums are those of package-lock.json. */
export function spdxDocument(root: string, packages: readonly BundledPackage[], built: Built): string {
  const { name, version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
    readonly license: string;
  };
  const lock = readLock(root);
  const program = { name, version, license, folder: '' };
  const parts = packages.map((one) => spdxPackage(one, lock[installedAt(one)]?.integrity));
  const content = createHash('sha256')
    .update(JSON.stringify([built, parts]))
    .digest('hex');
  const document = {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: `${name}-${version}`,
    documentNamespace: `https://spdx.org/spdxdocs/${name}-${version}-${content}`,
    creationInfo: { created: built.date, creators: [`Tool: ${name}-build`] },
    packages: [spdxPackage(program, undefined), ...parts],
    relationships: [
      relationship('SPDXRef-DOCUMENT', 'DESCRIBES', idOf(program)),
      ...packages.map((one) => relationship(idOf(program), 'CONTAINS', idOf(one))),
    ],
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

type Lock = Readonly<Record<string, { readonly integrity?: string } | undefined>>;

function readLock(root: string): Lock {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Lock;
  };
  return lock.packages;
}

function spdxPackage(one: BundledPackage, integrity: string | undefined) {
  const { name, version, license = 'NOASSERTION' } = one;
  const [, algorithm = '', hash = ''] = /^(sha\d+)-(.+)$/.exec(integrity ?? '') ?? [];
  const checksum = {
    algorithm: algorithm.toUpperCase(),
    checksumValue: Buffer.from(hash, 'base64').toString('hex'),
  };
  return {
    SPDXID: idOf(one),
    name,
    versionInfo: version,
    downloadLocation: 'NOASSERTION',
    filesAnalyzed: false,
    licenseConcluded: 'NOASSERTION',
    licenseDeclared: license,
    copyrightText: 'NOASSERTION',
    ...(hash === '' ? {} : { checksums: [checksum] }),
    externalRefs: [
      {
        referenceCategory: 'PACKAGE-MANAGER',
        referenceType: 'purl',
        referenceLocator: `pkg:npm/${name.replace(/^@/, '%40')}@${version}`,
      },
    ],
  };
}

/** The key of package-lock.json, also where node_modules is a link. */
function installedAt({ folder }: BundledPackage): string {
  return folder.slice(Math.max(folder.indexOf('node_modules/'), 0));
}

/** Letters, digits, dots and dashes are all that an identifier may have; the place tells two of one name apart. */
function idOf(one: BundledPackage): string {
  const place = one.folder === '' ? one.name : installedAt(one).slice('node_modules/'.length);
  return `SPDXRef-${`${place}-${one.version}`.replaceAll(/[^A-Za-z0-9.-]/g, '-')}`;
}

function relationship(from: string, type: string, to: string) {
  return { spdxElementId: from, relationshipType: type, relatedSpdxElement: to };
}
