/** What the Dockerfile says of the image, for whoever makes it without running a builder. */

export interface ImageSpec {
  /** Path in the checkout -> path in the image, without a leading slash. */
  readonly copies: readonly (readonly [string, string])[];
  readonly user: string;
  readonly workingFolder: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly entrypoint: readonly string[];
}

/** `values` are those of the build arguments. Throws where an instruction is one that it does not know. */
export function readDockerfile(text: string, values: Readonly<Record<string, string>>): ImageSpec {
  const copies: [string, string][] = [];
  const spec = { user: '', workingFolder: '/', entrypoint: [] as readonly string[] };
  const variables: Record<string, string> = {};
  const labels: Record<string, string> = {};
  for (const [instruction, rest] of instructions(text)) {
    switch (instruction) {
      case 'FROM':
      case 'ARG':
      case 'RUN': // done in the base already
        break;
      case 'COPY':
        copies.push(...copiesOf(rest, spec.workingFolder));
        break;
      case 'ENV':
        Object.assign(variables, pairsOf(rest, values));
        break;
      case 'LABEL':
        Object.assign(labels, pairsOf(rest, values));
        break;
      case 'USER':
        spec.user = rest;
        break;
      case 'WORKDIR':
        spec.workingFolder = rest;
        break;
      case 'ENTRYPOINT':
        spec.entrypoint = JSON.parse(rest) as readonly string[];
        break;
      default:
        throw new Error(`Dockerfile: ${instruction} is not known here`);
    }
  }
  return { ...spec, copies, variables, labels };
}

/** Name and the rest of each instruction, its lines joined. */
function instructions(text: string): readonly (readonly [string, string])[] {
  return text
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, name = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
      return [name, rest.trim()];
    });
}

function copiesOf(rest: string, folder: string): readonly [string, string][] {
  const paths = rest.split(/\s+/);
  const target = paths.pop() ?? '';
  const below = (path: string) =>
    [folder, path]
      .join('/')
      .replace(/^\/+/, '')
      .replace(/\/\.?\/?$/, '');
  return paths.map((path) => [path, target === './' ? below(path) : below(target)]);
}

function pairsOf(rest: string, values: Readonly<Record<string, string>>): Record<string, string> {
  const pairs = rest.matchAll(/([\w.-]+)=(?:"([^"]*)"|(\S*))/g);
  return Object.fromEntries(
    Array.from(pairs, ([, name = '', quoted, bare = '']) => [
      name,
      (quoted ?? bare).replaceAll(/\$\{(\w+)\}/g, (_, argument: string) => values[argument] ?? ''),
    ]),
  );
}
