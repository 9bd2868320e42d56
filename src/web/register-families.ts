/** Makes the numbers of a table of families. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { plainText } from '../core/report/plain-text.ts';
import type { Families, Family } from './metric-families.ts';

type LabelOf<F extends Family> = F extends { readonly labels: readonly (infer Label extends string)[] }
  ? Label
  : never;
interface Metrics<Label extends string> {
  readonly counter: Counter<Label>;
  readonly gauge: Gauge<Label>;
  readonly histogram: Histogram<Label>;
}
type MetricsOf<All extends Families> = {
  readonly [Name in keyof All]: Metrics<LabelOf<All[Name]>>[All[Name]['kind']];
};

const kinds = { counter: Counter, gauge: Gauge, histogram: Histogram };

export function registerFamilies<const All extends Families>(
  registry: Registry,
  prefix: string,
  families: All,
): MetricsOf<All> {
  const metrics = Object.entries(families).map(([key, { kind, name, labels = [], buckets, help }]) => {
    const options = { name: prefix + name, help: plainText(help), labelNames: labels, registers: [registry] };
    return [
      key,
      new kinds[kind]({ ...options, ...(buckets === undefined ? {} : { buckets: [...buckets] }) }),
    ];
  });
  return Object.fromEntries(metrics) as MetricsOf<All>;
}
