/** Every file of docs/schemas with its content. */
import { toJSONSchema } from 'zod';
import { statusSchema } from '../../src/web/status/document.ts';
import { applicationJsonSchema } from './application-schema.ts';
import { configMapJsonSchema } from './config-map-schema.ts';
import { registriesJsonSchema } from './registries-schema.ts';

export function schemaFiles(): ReadonlyMap<string, string> {
  const schemas = {
    'application.schema.json': applicationJsonSchema(),
    'registries.schema.json': registriesJsonSchema(),
    'config-map.schema.json': configMapJsonSchema(),
    'status.schema.json': toJSONSchema(statusSchema),
  };
  return new Map(
    Object.entries(schemas).map(([name, schema]) => [name, `${JSON.stringify(schema, null, 2)}\n`]),
  );
}
