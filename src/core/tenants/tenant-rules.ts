/** What administrators leave to those who may annotate Applications: credentials of the process, and files. */
import type { WritePath } from './write-paths.ts';

/** `any`: as in 0.18, which trusts whoever may annotate. */
export interface TenantRules {
  /** `--secret-namespaces`: whose Secrets annotations may name; `own` stands for that of the Application. */
  readonly secretNamespaces: 'any' | readonly string[];
  /** `--env-credentials`: variables that `env:` may name. */
  readonly variables: 'any' | readonly string[];
  /** `--script-folder`: where the programs of `ext:` lie, `any` for anywhere; undefined: there are none. */
  readonly scriptFolder: string | undefined;
  /** `--write-paths`; Applications of a namespace that none of them names may write anywhere. */
  readonly writePaths: readonly WritePath[];
  /** `--enforce-projects`: repositories have to be among the `sourceRepos` of the Application's project. */
  readonly enforceProjects: boolean;
}

export const openToAll: TenantRules = {
  secretNamespaces: 'any',
  variables: 'any',
  scriptFolder: 'any',
  writePaths: [],
  enforceProjects: false,
};

/** What annotations can name: a Secret, a variable, a program. */
export type NamedCredential =
  | { readonly kind: 'pullsecret' | 'secret'; readonly namespace: string }
  | { readonly kind: 'env'; readonly name: string }
  | { readonly kind: 'ext'; readonly path: string };

/** `unlimited`: nobody has thought about it, so it is worth a warning. */
export type Permission = 'unlimited' | 'allowed' | { readonly refusal: string };

/** May an Application of this namespace name that credential? The refusal names the flag. */
export function mayName(credential: NamedCredential, namespace: string, rules: TenantRules): Permission {
  switch (credential.kind) {
    case 'pullsecret':
    case 'secret':
      return secretPermission(credential.namespace, namespace, rules);
    case 'env': {
      const { variables } = rules;
      if (variables === 'any') return 'unlimited';
      if (variables.includes(credential.name)) return 'allowed';
      return refuse(`--env-credentials ${listed(variables)} does not allow the variable ${credential.name}`);
    }
    case 'ext': {
      const { scriptFolder } = rules;
      if (scriptFolder === 'any') return 'unlimited';
      if (scriptFolder !== undefined && isBelow(credential.path, scriptFolder)) return 'allowed';
      return refuse(
        `--script-folder ${scriptFolder ?? 'none'} does not allow the program ${credential.path}`,
      );
    }
  }
}

function secretPermission(
  secretNamespace: string,
  namespace: string,
  { secretNamespaces }: TenantRules,
): Permission {
  if (secretNamespaces === 'any') return 'unlimited';
  const isOwn = secretNamespaces.includes('own') && secretNamespace === namespace;
  if (isOwn || (secretNamespace !== 'own' && secretNamespaces.includes(secretNamespace))) return 'allowed';
  return refuse(
    `--secret-namespaces ${listed(secretNamespaces)} does not allow Secrets of namespace ${secretNamespace} to Applications of namespace ${namespace}`,
  );
}

/** What nobody has limited, and yet leaves the Application's namespace; undefined: it does not. */
export function foreignSecret(secretNamespace: string, namespace: string): string | undefined {
  if (secretNamespace === namespace) return undefined;
  return `the Secret is in namespace ${secretNamespace}, the Application in ${namespace}; keep both in one`;
}

/** By the text alone: what has steps in it (`..`) is not below any folder. */
function isBelow(path: string, folder: string): boolean {
  const base = folder.endsWith('/') ? folder : `${folder}/`;
  if (!path.startsWith(base)) return false;
  const names = path.slice(base.length).split('/');
  return names.every((name) => name !== '' && name !== '.' && name !== '..');
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(',');
}

function refuse(refusal: string): Permission {
  return { refusal };
}
