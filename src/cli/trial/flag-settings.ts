/** The flags of `test` as settings of an image. */
import type { ImageSettings } from '../../core/config/keys/annotation-values.ts';
import type { FlagValues } from '../flags/flag.ts';
import type { testFlags } from '../flags/commands/test-flags.ts';

export type TestValues = FlagValues<typeof testFlags>;

/** What has no flag is set by its annotation only, and not set here. */
export function flagSettings(values: TestValues): ImageSettings {
  const given: ReadonlyMap<string, { readonly name: string; readonly value: string }> = new Map([
    ['update-strategy', { name: '--update-strategy', value: values['update-strategy'].trim() }],
    ['allow-tags', { name: '--allow-tags', value: values['allow-tags'].trim() }],
    ['platforms', { name: '--platforms', value: values.platforms.join(',') }],
    ['pull-secret', { name: '--credentials', value: values.credentials.trim() }],
  ]);
  return {
    get: (key) => {
      const setting = given.get(key);
      return setting?.value === '' ? undefined : setting;
    },
    nameOf: (key) => given.get(key)?.name ?? `the annotation <alias>.${key}`,
    entryName: 'image',
    constraintName: '--semver-constraint',
  };
}
