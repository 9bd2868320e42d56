/** AppProject objects: what is read of them. */
import * as z from 'zod';
import { isRecord } from '../core/base/json.ts';
import type { Failed } from '../core/base/outcome.ts';
import type { SyncWindow } from '../core/policy/window/sync-windows.ts';
import type { ProjectSources } from '../ports/cluster.ts';
import { type ApiCall, apiFailure } from './api/error.ts';

/** What is read of it is looked at where it is asked for: what is wrong with one part hurts no other. */
export interface AppProject {
  readonly name: string;
  readonly labels: Readonly<Record<string, unknown>>;
  readonly spec: Readonly<Record<'sourceRepos' | 'sourceNamespaces' | 'syncWindows', unknown>>;
  /** That it came from. */
  readonly call: ApiCall;
}

/** Throws `Failed` for what is no AppProject. */
export function readAppProject(call: ApiCall, object: unknown): AppProject {
  const { metadata, spec = {} } = isRecord(object) ? object : {};
  const refuse = (problem: string): Failed => apiFailure(call, 'malformed', problem);
  if (!isRecord(metadata) || typeof metadata['name'] !== 'string' || !isRecord(spec))
    throw refuse('the answer is no AppProject');
  const labels = isRecord(metadata['labels']) ? metadata['labels'] : {};
  const { sourceRepos, sourceNamespaces, syncWindows } = spec;
  return { name: metadata['name'], labels, spec: { sourceRepos, sourceNamespaces, syncWindows }, call };
}

/** Throws `Failed` for texts that are none. */
export function sourcesOf({ spec, call }: AppProject): ProjectSources {
  const textsOf = (key: 'sourceRepos' | 'sourceNamespaces'): readonly string[] => {
    const texts: unknown = spec[key] ?? [];
    if (Array.isArray(texts) && texts.every((text) => typeof text === 'string')) return texts;
    throw apiFailure(call, 'malformed', `its ${key} are no list of texts`);
  };
  return { sourceRepos: textsOf('sourceRepos'), sourceNamespaces: textsOf('sourceNamespaces') };
}

const text = z
  .string()
  .nullish()
  .transform((given) => given ?? '');
const texts = z
  .array(z.string())
  .nullish()
  .transform((given) => given ?? []);
const flag = z
  .boolean()
  .nullish()
  .transform((given) => given ?? false);

const window = z.object({
  kind: text,
  schedule: text,
  duration: text,
  applications: texts,
  namespaces: texts,
  clusters: texts,
  manualSync: flag,
  andOperator: flag,
  timeZone: text,
});

const windows = z.array(window).nullish();

/** Throws `Failed` for windows that are none; what they say is not checked. */
export function windowsOf({ spec, call, name }: AppProject): readonly SyncWindow[] {
  const read = windows.safeParse(spec.syncWindows);
  if (read.success) return read.data ?? [];
  throw apiFailure(call, 'malformed', `syncWindows of ${name} are no list of windows`);
}
