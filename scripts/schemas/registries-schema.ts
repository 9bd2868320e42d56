/** The schema of registries.conf. */
import { draft, type JsonSchema, text } from './json-schema.ts';

/** YAML 1.1 has more words for it than editors know. */
const flag = (description: string): JsonSchema => ({
  description,
  anyOf: [{ type: 'boolean' }, { enum: ['yes', 'no', 'on', 'off', 'y', 'n'] }],
});

/** One property for each key that `readRegistryEntry` reads. */
export const registryEntryProperties: Readonly<Record<string, JsonSchema>> = {
  name: text('for messages', '\\S'),
  prefix: text('host[:port][/path] of the images that it serves'),
  api_url: text('where its API is', '^\\s*(?:https?://|index\\.docker\\.io)'),
  credentials: text(
    'source of the login, as in the annotation pull-secret',
    '^(?:(?:pullsecret|secret|env|ext):.+)?$',
  ),
  credsexpire: { description: 'how long the login is good: 30m', type: ['string', 'integer'] },
  tagsortmode: { description: 'order of its lists', enum: ['latest-first', 'latest-last', 'none', ''] },
  defaultns: text('put before names of one part, such as library'),
  insecure: flag('do not verify its certificate'),
  limit: { description: 'requests per second; 0 is without limit', type: 'integer' },
  default: flag('serves images without a host'),
  ping: flag('without effect'),
  ca_file: text('file with certificate authorities'),
  ca_data: text('certificate authorities, in PEM form'),
};

export function registriesJsonSchema(): JsonSchema {
  return {
    $schema: draft,
    title: 'registries.conf of Tidewaiter',
    type: 'object',
    additionalProperties: false,
    properties: {
      registries: {
        type: ['array', 'null'],
        items: {
          type: 'object',
          required: ['name', 'api_url'],
          additionalProperties: false,
          properties: registryEntryProperties,
        },
      },
    },
  };
}
