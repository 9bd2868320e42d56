/** What a manifest holds that is no image: charts, signatures, bills of materials, caches. */
import { isRecord } from '../../core/base/json.ts';

/** Configs that describe an image. Old clients gave them no type, or that of any bytes. */
const imageConfigs: ReadonlySet<string> = new Set([
  '',
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
  'application/vnd.wasm.config.v0+json',
  'application/vnd.wasm.config.v1+json',
  'application/octet-stream',
]);

/** Parts of media types -> what people call it. The first that fits counts. */
const names: readonly (readonly [RegExp, string])[] = [
  [/cncf\.helm\./, 'a Helm chart'],
  [/sigstore\.bundle|cosign\.(?:simplesigning|artifact\.sig)|notary\.signature/, 'a signature'],
  [/in-toto|dsse\.envelope/, 'an attestation'],
  [/spdx|cyclonedx|syft|sbom/, 'an SBOM'],
  [/buildkit\.cacheconfig/, 'a build cache'],
  [/docker\.plugin/, 'a Docker plugin'],
];

/**
 * What the manifest is, where its own words say that it is no image; undefined where it may be one. An image's
 * config type counts only as long as no layer is known to be something else, for cosign uses it too.
 */
export function artifactOf(manifest: Readonly<Record<string, unknown>>): string | undefined {
  const configType = mediaTypeOf(manifest['config']);
  const layerTypes = mediaTypesIn(manifest['layers']);
  const types = [text(manifest['artifactType']), configType, ...layerTypes];
  if (isRecord(manifest['config']) && imageConfigs.has(configType) && !isForeign(layerTypes))
    return undefined;
  return nameOf(types) ?? unknownName(types);
}

/** The same for an index, whose entries may be the parts of a build cache. */
export function indexArtifactOf(index: Readonly<Record<string, unknown>>): string | undefined {
  const types = mediaTypesIn(index['manifests']);
  return types.some((type) => type.includes('buildkit.cacheconfig')) ? 'a build cache' : undefined;
}

function isForeign(layerTypes: readonly string[]): boolean {
  return layerTypes.length > 0 && layerTypes.every((type) => nameOf([type]) !== undefined);
}

function nameOf(types: readonly string[]): string | undefined {
  return names.find(([pattern]) => types.some((type) => pattern.test(type)))?.[1];
}

/** By its media type, if that is one: the text is foreign. */
function unknownName(types: readonly string[]): string {
  const said = types.find((type) => /^[\w.+-]{1,100}\/[\w.+-]{1,100}$/.test(type) && !isEmptyConfig(type));
  return said === undefined ? 'an artifact of no known type' : `an artifact of type ${said}`;
}

function isEmptyConfig(type: string): boolean {
  return type === 'application/vnd.oci.empty.v1+json';
}

const maxTypes = 1_000;

function mediaTypesIn(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.slice(0, maxTypes).map(mediaTypeOf) : [];
}

function mediaTypeOf(descriptor: unknown): string {
  return isRecord(descriptor) ? text(descriptor['mediaType']) : '';
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
