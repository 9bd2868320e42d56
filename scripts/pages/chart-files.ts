/** Files of the chart that are those of the overlay monitoring: helm reads nothing outside of its chart. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

const overlay = join(import.meta.dirname, '../../manifests/overlays/monitoring');

/** Below charts/tidewaiter/files, with their content. */
export function chartFiles(): ReadonlyMap<string, string> {
  const { spec } = parse(readFileSync(join(overlay, 'prometheusrule.yaml'), 'utf8')) as {
    readonly spec: { readonly groups: readonly { readonly rules: readonly object[] }[] };
  };
  const rules = spec.groups.flatMap((group) => group.rules);
  return new Map([
    ['alerts.yaml', stringify(rules, { lineWidth: 0 }).trimEnd()],
    ['dashboard.json', readFileSync(join(overlay, 'dashboard.json'), 'utf8').trimEnd()],
  ]);
}
