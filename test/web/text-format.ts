/** A strict reader of Prometheus' text format 0.0.4: throws at whatever a scraper may refuse. */

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Exposition {
  readonly types: ReadonlyMap<string, string>;
  readonly samples: readonly Sample[];
}

const sampleLine = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (-?[0-9.e+-]+|[+-]Inf|NaN)$/;
const labelPair = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/;

export function parseTextFormat(text: string): Exposition {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const types = new Map<string, string>();
  const samples: Sample[] = [];
  const seen = new Set<string>();
  for (const line of text.split('\n').filter((part) => part !== '')) {
    const [, name = '', type = ''] =
      /^# TYPE (\S+) (counter|gauge|histogram|summary|untyped)$/.exec(line) ?? [];
    if (name !== '') {
      if (types.has(name)) throw new Error(`two types of ${name}`);
      types.set(name, type);
      continue;
    }
    if (/^# HELP \S+ .+$/.test(line)) continue;
    if (line.startsWith('#')) throw new Error(`no comment that we know: ${line}`);
    const sample = parseSample(line);
    const key = line.slice(0, line.lastIndexOf(' '));
    if (seen.has(key)) throw new Error(`twice: ${key}`);
    seen.add(key);
    const family = sample.name.replace(/_(?:bucket|sum|count)$/, '');
    if (!types.has(sample.name) && !types.has(family)) throw new Error(`no type of ${sample.name}`);
    samples.push(sample);
  }
  return { types, samples };
}

function parseSample(line: string): Sample {
  const [, name, labelText = '', value] = sampleLine.exec(line) ?? [];
  if (name === undefined) throw new Error(`no sample: ${line}`);
  const labels: Record<string, string> = {};
  for (let rest = labelText; rest !== ''; ) {
    const [pair, label = '', text = ''] = labelPair.exec(rest) ?? [];
    if (pair === undefined) throw new Error(`no label: ${rest}`);
    labels[label] = text.replace(/\\(["\\n])/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
    rest = rest.slice(pair.length);
  }
  return { name, labels, value: Number(value) };
}

/** The value of one sample; undefined: there is none. */
export function valueOf(
  { samples }: Exposition,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  return samples.find(
    (sample) =>
      sample.name === name &&
      Object.keys(sample.labels).length === Object.keys(labels).length &&
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  )?.value;
}
