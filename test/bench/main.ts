/**
 * `npm run bench [size…]`: cycles of the bundled program at each size; `npm run bench weight`: what a start and one
 * repository cost; `npm run bench replicas [minutes] [seed]`: replicas that are killed, of which one works;
 * `npm run bench soak [minutes] [seed…]`: faults on every wire, then everything has to be right;
 * `npm run bench hostile [subject…]`: parsers and editors on hostile texts. All but the soak and the replicas, at
 * every size, if nothing is named. `npm run bench hostile-process [input…]`: the daemon beside hostile servers;
 * `npm run bench policies`: what all policies cost; `npm run bench webhook`: from a push to the commit; `npm run bench hostile-tenants`: all that a tenant may try, at once.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleProgram } from './bundle.ts';
import { type CycleRow, measureCycles } from './cycles.ts';
import { benchHostileTexts } from './hostile.ts';
import { benchHostileProcess } from './hostile-process.ts';
import { printGrowth, printHelmValuesRatio } from './ratios.ts';
import { benchPolicies } from './policies.ts';
import { benchReplicas } from './replicas.ts';
import { sizes } from './sizes.ts';
import { printTable } from './table.ts';
import { benchHostileTenants } from './tenants/bench.ts';
import { benchSoak } from './soak/soak.ts';
import { benchWebhook } from './webhook.ts';
import { benchWeight } from './weight.ts';

const [first, ...others] = process.argv.slice(2);
switch (first) {
  case 'hostile':
    await benchHostileTexts(others);
    break;
  case 'hostile-process':
    await withProgram((program, folder) => benchHostileProcess(program, folder, others));
    break;
  case 'hostile-tenants':
    await withProgram(benchHostileTenants);
    break;
  case 'policies':
    await withProgram(benchPolicies);
    break;
  case 'weight':
    await withProgram(benchWeight);
    break;
  case 'webhook':
    await withProgram(benchWebhook);
    break;
  case 'replicas':
    await withProgram((program) => benchReplicas(program, others));
    break;
  case 'soak':
    await withProgram((program) => benchSoak(program, others));
    break;
  case undefined:
    await withProgram(benchWeight);
    await benchCycles([]);
    await withProgram(benchPolicies);
    await benchHostileTexts([]);
    break;
  default:
    await benchCycles([first, ...others]);
}

async function benchCycles(names: readonly string[]): Promise<void> {
  const known = sizes.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new Error(
      `no size ${unknown}: expected ${known.join(', ')}, hostile, hostile-process, hostile-tenants, policies, weight, webhook, replicas or soak`,
    );
  await withProgram(async (program, folder) => {
    const rows: CycleRow[] = [];
    for (const size of sizes.filter(({ name }) => names.length === 0 || names.includes(name))) {
      rows.push(...(await measureCycles(size, program, join(folder, 'load'))));
    }
    printCycles(rows);
    printHelmValuesRatio(rows);
    printGrowth(rows);
  });
}

/** The bundle of the sources as they are, and a folder; both are gone afterwards. */
async function withProgram(measure: (program: string, folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tidewaiter-bench-'));
  try {
    await measure(bundleProgram(join(folder, 'program')), join(folder, 'work'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function printCycles(rows: readonly CycleRow[]): void {
  const seconds = (ms: number | undefined): string => (ms === undefined ? '–' : (ms / 1000).toFixed(2));
  printTable(
    [
      'size',
      'phase',
      'registry requests',
      'Git requests',
      'commits',
      'events',
      'wall s',
      'CPU s',
      'peak MiB',
    ],
    rows.map((row) => [
      row.size.name,
      row.phase,
      row.registryRequests,
      row.gitRequests,
      row.commits,
      row.events,
      seconds(row.wallMs),
      seconds(row.cpuMs),
      row.peakMiB?.toFixed(0) ?? '–',
    ]),
  );
}
