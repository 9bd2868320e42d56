/** Which keys of Helm a version of an image is written to. */

/** Annotated Helm keys; absent where not annotated. */
export interface HelmKeys {
  readonly name?: string;
  readonly tag?: string;
  readonly spec?: string;
}

const defaultKeys = { name: 'image.name', tag: 'image.tag' } as const;

/** Parameters: `spec` alone, or a name and a tag, each with the default of 0.18 (writeback.md 2.3). */
export function parameterKeys({ spec, ...annotated }: HelmKeys): HelmKeys {
  return spec === undefined ? { ...defaultKeys, ...annotated } : { spec };
}

/** Keys of a values file: `spec` alone, or what is annotated, or both defaults if nothing is (decisions.md 4). */
export function valueKeys({ spec, ...annotated }: HelmKeys): HelmKeys {
  if (spec !== undefined) return { spec };
  return annotated.name === undefined && annotated.tag === undefined ? defaultKeys : annotated;
}
