/** What works in the sources and not in a bundle of them: files that a package looks for beside itself. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Metafile } from 'esbuild';

/** Ways to ask where one's own file lies, or to start another file. */
const placeOfFile = /__filename|__dirname|require\.resolve|require\.main|\bnew Worker\(|import\.meta\.url/g;

/** Files that may do so, and why it does no harm. */
const harmless: Readonly<Record<string, string>> = {
  'src/main.ts': 'the script of the thread lies beside it in a bundle too',
  'src/cli/process/file-thread.ts': 'is told where the script of the thread lies',
  'node-cron/dist/node-cron.js': 'starts tasks in processes of their own, which are not used',
  'quickjs-wasi/dist/index.js': 'proxies by script, which no setting asks for',
  'undici/index.js': 'names its own file in stacks of errors',
  'thread-stream/index.js': 'workers of transports of pino, which are not used',
  'pino/lib/transport.js': 'transports, which are not used',
  'pino/lib/caller.js': 'callers of transports, which are not used',
  'pino/lib/tools.js': 'transports, which are not used',
  'pino/pino.js': 'transports, which are not used',
};

/** What nobody calls: found in the bundle, it came by an import of more than is used. */
const unwanted: readonly RegExp[] = [/\/zod\/v4\/locales\/(?!en\.js)/];

/** One line per problem. */
export function problemsOfBundle(root: string, { inputs, outputs }: Metafile): readonly string[] {
  const bundled = new Set(
    Object.values(outputs).flatMap((output) =>
      Object.entries(output.inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
    ),
  );
  return [
    ...[...bundled].filter((path) => path in inputs).flatMap((path) => problemsOfInput(root, path)),
    ...Object.keys(outputs).flatMap((path) => problemsOfOutput(root, path)),
  ];
}

function problemsOfInput(root: string, path: string): readonly string[] {
  const name = packageFile(path);
  const found = unwanted.some((pattern) => pattern.test(path)) ? [`${path}: is bundled and not used`] : [];
  const file = join(root, path);
  if (name in harmless || !/\.[cm]?[jt]s$/.test(path)) return found;
  const asks = new Set(readFileSync(file, 'utf8').match(placeOfFile) ?? []);
  return [...found, ...[...asks].map((what) => `${path}: uses ${what}, which a bundle answers otherwise`)];
}

function problemsOfOutput(root: string, path: string): readonly string[] {
  if (!path.endsWith('.js')) return [];
  const text = readFileSync(join(root, path), 'utf8');
  const at = text.search(/[^\0-\x7f]/);
  if (at < 0) return [];
  const shown = JSON.stringify(text.slice(Math.max(0, at - 30), at + 10));
  return [`${basename(path)}: other than ASCII at ${shown}; write it as \\u….`];
}

function packageFile(path: string): string {
  const folder = 'node_modules/';
  const at = path.lastIndexOf(folder);
  return at === -1 ? path : path.slice(at + folder.length);
}
