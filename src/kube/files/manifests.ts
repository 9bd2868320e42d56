/** What manifest files hold of interest to us: Applications, AppProjects, Secrets, ConfigMaps, and what is wrong with them. */
import { basename } from 'node:path';
import type { KeyedTexts } from '../../ports/cluster.ts';
import type { ListedProblem } from '../../core/report/report.ts';
import { type Outcome, succeed } from '../../core/base/outcome.ts';
import { isRecord } from '../../core/base/json.ts';
import { type KeyedKind, readKeyedTexts } from '../keyed-texts.ts';
import type { FileWork } from '../../ports/file-work.ts';
import { jsonObjects, readDocuments } from '../../core/documents/documents.ts';
import { readManifestFiles, type TreeLimits, type TreeReport } from './manifest-tree.ts';

export interface Manifests {
  /** Objects, with a namespace, in the order of the files. */
  readonly applications: readonly unknown[];
  /** By `<kind> <namespace>/<name>`, in the order of the files. */
  readonly keyed: ReadonlyMap<string, Outcome<KeyedTexts>>;
  /** AppProjects by `<namespace>/<name>`. */
  readonly projects: ReadonlyMap<string, unknown>;
  readonly problems: readonly ListedProblem[];
  /** `my-apps: 2 files, 1 Secret, no Application; …`: what there was, for those who wonder. */
  readonly summary: string;
}

/** Where the texts of files are read. */
export type ManifestWork = Pick<FileWork, 'perform'>;

/** An object without namespace gets `defaultNamespace`. Of two objects of one name the first one counts. */
export async function readManifests(
  paths: readonly string[],
  defaultNamespace: string,
  limits: TreeLimits,
  work?: ManifestWork,
): Promise<Manifests> {
  const collection = new Collection(defaultNamespace);
  const report = await readManifestFiles(paths, limits, async ({ path, text }) =>
    collection.addFile(path, await objectsOf(path, text, work)),
  );
  const unread = report.problems.map(({ path, message }) => fileProblem(path, message));
  const { applications, keyed, projects } = collection;
  const problems = [...unread, ...collection.problems];
  return { applications, keyed, projects, problems, summary: summaryOf(paths, report, collection) };
}

/** JSON is read where we are: handing over what it says would take as long. */
async function objectsOf(
  path: string,
  text: string,
  work: ManifestWork | undefined,
): Promise<Outcome<readonly unknown[]>> {
  if (work === undefined) return readDocuments(text);
  const json = jsonObjects(text);
  if (json !== undefined) return succeed(json);
  return await work.perform('documents', new Map([[path, text]]), undefined);
}

const shownNames = 3;

function summaryOf(
  paths: readonly string[],
  { files, passedOver }: TreeReport,
  { applications, keyed }: Collection,
): string {
  const secrets = [...keyed.keys()].filter((key) => key.startsWith('Secret ')).length;
  const found = [
    counted(files, 'file'),
    counted(secrets, 'Secret'),
    counted(keyed.size - secrets, 'ConfigMap'),
    applications.length === 0 ? 'no Application' : counted(applications.length, 'Application'),
  ];
  const texts = found.filter((text) => text !== '').join(', ');
  return `${paths.join(', ')}: ${texts}${passedOverText(passedOver)}`;
}

function passedOverText(paths: readonly string[]): string {
  if (paths.length === 0) return '';
  const more = paths.length - shownNames;
  const names = paths
    .slice(0, shownNames)
    .map((path) => basename(path))
    .join(', ');
  const verb = paths.length === 1 ? 'was' : 'were';
  return `; ${names}${more > 0 ? ` and ${more} more` : ''} ${verb} not read (.yaml, .yml, .json are)`;
}

/** "" for none. */
function counted(count: number, noun: string): string {
  if (count === 0) return '';
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}

function fileProblem(path: string, message: string, advice = fileAdvice): ListedProblem {
  return { file: path, message: `${path}: ${message}`, advice };
}

const fileAdvice = 'correct the file or leave it out; it is left alone until then';
const twiceAdvice = 'leave one of them out';
const secretAdvice = 'write plain texts under stringData, or base64 under data';

export function keyedKey(kind: KeyedKind, namespace: string, name: string): string {
  return `${kind} ${namespace}/${name}`;
}

class Collection {
  readonly applications: unknown[] = [];
  readonly keyed = new Map<string, Outcome<KeyedTexts>>();
  readonly projects = new Map<string, unknown>();
  readonly problems: ListedProblem[] = [];
  readonly #defaultNamespace: string;
  /** Key of an object -> the file it came from. */
  readonly #files = new Map<string, string>();

  constructor(defaultNamespace: string) {
    this.#defaultNamespace = defaultNamespace;
  }

  addFile(path: string, objects: Outcome<readonly unknown[]>): void {
    if (objects.ok) for (const object of objects.value) this.#addObject(path, object);
    else this.problems.push(fileProblem(path, objects.failure.message.replace(`${path}: `, '')));
  }

  #addObject(path: string, object: unknown): void {
    const kind = kindOf(object);
    const placed = withNamespace(object, this.#defaultNamespace);
    if (kind === undefined || placed === undefined) return;
    const { namespace, name } = placed.metadata;
    const key = `${kind} ${namespace}/${name}`;
    const earlier = this.#files.get(key);
    if (earlier !== undefined) {
      const problem = fileProblem(path, `${key} is in ${earlier} too; the first one counts`, twiceAdvice);
      const app = kind === 'Application' ? { app: `${namespace}/${name}` } : {};
      this.problems.push({ ...problem, ...app });
      return;
    }
    this.#files.set(key, path);
    if (kind === 'Application') this.applications.push(placed);
    else if (kind === 'AppProject') this.projects.set(`${namespace}/${name}`, placed);
    else this.#addKeyed(path, kind, key, placed);
  }

  #addKeyed(path: string, kind: KeyedKind, key: string, object: unknown): void {
    const read = readKeyedTexts(kind, object);
    this.keyed.set(key, read);
    if (!read.ok) this.problems.push(fileProblem(path, read.failure.message, secretAdvice));
  }
}

/** undefined: of no interest, such as a Helm values file. */
function kindOf(object: unknown): 'Application' | 'AppProject' | KeyedKind | undefined {
  if (!isRecord(object)) return undefined;
  const { apiVersion, kind } = object;
  const isArgo = typeof apiVersion === 'string' && apiVersion.startsWith('argoproj.io/');
  if (isArgo && (kind === 'Application' || kind === 'AppProject')) return kind;
  return apiVersion === 'v1' && (kind === 'Secret' || kind === 'ConfigMap') ? kind : undefined;
}

interface PlacedObject extends Readonly<Record<string, unknown>> {
  readonly metadata: { readonly namespace: string; readonly name: string };
}

/** undefined: without a name it is an unfinished manifest (`generateName`, a kustomize patch). */
function withNamespace(object: unknown, defaultNamespace: string): PlacedObject | undefined {
  const metadata = isRecord(object) ? object['metadata'] : undefined;
  if (!isRecord(object) || !isRecord(metadata)) return undefined;
  const { namespace, name } = metadata;
  if (typeof name !== 'string' || name === '') return undefined;
  const placed = typeof namespace === 'string' && namespace !== '' ? namespace : defaultNamespace;
  return { ...object, metadata: { ...metadata, name, namespace: placed } };
}
