/** The schema of the ConfigMap of the settings, from the flags whose variables its keys are. */
import {
  configMapFiles,
  configMapFlags,
  configMapName,
  configMapTexts,
  flagOfKey,
} from '../../src/cli/settings/files/config-map-keys.ts';
import type { Flag } from '../../src/cli/flags/flag.ts';
import { draft, type JsonSchema, text, words } from './json-schema.ts';

export function configMapJsonSchema(): JsonSchema {
  const settings = Object.keys(configMapFlags).map((key) => [key, valueOf(key)] as const);
  const files = Object.keys(configMapFiles).map((key) => [key, text('a file')] as const);
  const texts = configMapTexts.map(
    (key) => [key, text('YAML: projects, namespaces, overridable, shared-groups')] as const,
  );
  return {
    $schema: draft,
    title: `ConfigMap ${configMapName}`,
    type: 'object',
    properties: {
      metadata: { type: 'object', properties: { name: { const: configMapName } } },
      data: {
        type: ['object', 'null'],
        additionalProperties: false,
        properties: Object.fromEntries([...settings, ...files, ...texts]),
      },
    },
  };
}

function valueOf(key: string): JsonSchema {
  const flag = flagOfKey(key);
  if (flag === undefined) throw new Error(`no flag for ${key}`);
  return formOf(flag);
}

function formOf({ kind, placeholder, help }: Flag<unknown>): JsonSchema {
  if (kind === 'boolean') return words(['true', 'false'], help);
  if (/^[\w.-]+(?:\|[\w.-]+)+$/.test(placeholder)) return words(placeholder.split('|'), help);
  switch (placeholder) {
    case 'duration':
      return text(help, '^(?:0|(?:[0-9.]+(?:ns|us|µs|ms|s|m|h))+)?$');
    case 'int':
      return text(help, '^(?:[+-]?[0-9]{1,15})?$');
    default:
      return text(help);
  }
}
