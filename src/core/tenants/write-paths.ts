/** `--write-paths`: which files Applications of which namespaces may write. */
import { globMatches, parseGlob } from '../version/glob.ts';

export interface WritePath {
  /** As given, for messages. */
  readonly text: string;
  /** Glob of namespaces. */
  readonly namespaces: string;
  /** Globs, one a step of the path from the repository's root; `**` is any number of steps. */
  readonly steps: readonly string[];
}

const anySteps = '**';
const placeholder = '{namespace}';

/** `<namespaces>=<glob>`, such as `team-*=/apps/{namespace}/**`; undefined if it is none. */
export function parseWritePath(text: string): WritePath | undefined {
  const [, namespaces = '', path = ''] = /^([^=/]+)=\/(.+)$/s.exec(text) ?? [];
  const steps = path.split('/');
  const isMalformed = (step: string) => ['', '.', '..'].includes(step) || parseGlob(step) === undefined;
  if (namespaces === '' || parseGlob(namespaces) === undefined || steps.some(isMalformed)) return undefined;
  return { text, namespaces, steps };
}

/** A file, or all that lies below a folder; paths from the repository's root, without leading slash. */
export type WrittenPlace =
  | { readonly kind: 'file'; readonly path: string }
  /** Files, folders or globs. */
  | { readonly kind: 'all-of'; readonly paths: readonly string[] };

/** Why Applications of the namespace must not write there; undefined: they may. */
export function writeRefusal(
  rules: readonly WritePath[],
  namespace: string,
  place: WrittenPlace,
): string | undefined {
  const own = rules.filter(({ namespaces }) => matches(namespaces, namespace));
  if (own.length === 0) return undefined;
  const paths = place.kind === 'file' ? [place.path] : place.paths;
  const isAllowed = (path: string) => own.some((rule) => allows(rule, namespace, path, place.kind));
  const refused = paths.find((path) => !isAllowed(path));
  if (refused === undefined) return undefined;
  const texts = own.map(({ text }) => text).join(',');
  return `--write-paths ${texts} does not allow Applications of namespace ${namespace} to write /${refused}`;
}

/**
 * A path that may be a folder or a glob is allowed where all is that lies below its literal part: by a rule that ends
 * in `**` only.
 */
function allows({ steps }: WritePath, namespace: string, path: string, kind: WrittenPlace['kind']): boolean {
  const names = path.split('/').filter((name) => name !== '');
  const globs = steps.map((step) => step.replaceAll(placeholder, () => literal(namespace)));
  if (kind === 'file') return stepsMatch(globs, names);
  const firstGlob = names.findIndex((name) => /[*?[\\]/.test(name));
  return globs.at(-1) === anySteps && stepsMatch(globs, firstGlob < 0 ? names : names.slice(0, firstGlob));
}

/** Takes steps times names, however many `**` there are. */
function stepsMatch(steps: readonly string[], names: readonly string[]): boolean {
  let reached: readonly number[] = [0];
  for (const step of steps) {
    const glob = parseGlob(step);
    const [first = names.length + 1] = reached;
    if (step === anySteps) reached = Array.from({ length: names.length + 1 - first }, (_, i) => first + i);
    else if (glob === undefined) return false;
    else reached = reached.filter((at) => isFit(names[at], glob)).map((at) => at + 1);
  }
  return reached.includes(names.length);
}

function isFit(name: string | undefined, glob: NonNullable<ReturnType<typeof parseGlob>>): boolean {
  return name !== undefined && globMatches(glob, name);
}

function matches(pattern: string, text: string): boolean {
  const glob = parseGlob(pattern);
  return glob !== undefined && globMatches(glob, text);
}

function literal(text: string): string {
  return text.replace(/[*?[\]\\]/g, String.raw`\$&`);
}
