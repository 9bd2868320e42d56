/** Flags that limit what annotations may name, where not everybody who may annotate Applications is trusted. */
import { configFailure, fail, type Outcome, succeed } from '../../../core/base/outcome.ts';
import { openToAll, type TenantRules } from '../../../core/tenants/tenant-rules.ts';
import { parseWritePath, type WritePath } from '../../../core/tenants/write-paths.ts';
import { booleanFlag, type FlagTable, type FlagValues, parsedFlag } from '../flag.ts';

export const tenantFlags = {
  'secret-namespaces': parsedFlag<TenantRules['secretNamespaces']>({
    placeholder: 'any|own|namespaces',
    fallback: openToAll.secretNamespaces,
    fallbackText: 'any',
    help: "namespaces of the Secrets that annotations may name, separated by commas; `own`: the Application's",
    details: 'They are named by `pull-secret` and `git:secret:`',
    parse: (text) => {
      if (text === 'any') return succeed(text);
      return names(
        text,
        /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
        'any, own, or namespaces separated by commas',
      );
    },
  }),
  'env-credentials': parsedFlag<TenantRules['variables']>({
    placeholder: 'any|none|names',
    fallback: openToAll.variables,
    fallbackText: 'any',
    help: 'variables that `pull-secret: env:<name>` may name, separated by commas',
    details: '; `none`: no variable',
    parse: (text) => {
      if (text === 'any') return succeed(text);
      if (text === 'none') return succeed([]);
      return names(text, /^[A-Za-z_][A-Za-z0-9_]*$/, 'any, none, or names of variables separated by commas');
    },
  }),
  'script-folder': parsedFlag<TenantRules['scriptFolder']>({
    placeholder: 'any|none|folder',
    fallback: openToAll.scriptFolder,
    fallbackText: 'any',
    help: 'folder of the programs that `pull-secret: ext:<path>` may name',
    details: '; `none`: no program',
    parse: (text) => {
      if (text === 'none') return succeed(undefined);
      const isFolder = text.startsWith('/') && !/\/\.{0,2}(?=\/.)|\/\.{1,2}$/.test(text);
      return text === 'any' || isFolder
        ? succeed(text)
        : refuse('any, none, or the absolute path of a folder');
    },
  }),
  'write-paths': parsedFlag<readonly WritePath[]>({
    placeholder: 'namespaces=glob',
    fallback: openToAll.writePaths,
    fallbackText: '',
    help: 'files that Applications of such namespaces may write, such as `team-*=/apps/{namespace}/**` (repeatable, or separated by commas); the others may write anywhere',
    details: 'Namespaces and path are globs',
    parse: (text) => {
      const rules = text.split(',').map(parseWritePath);
      const known = rules.filter((rule) => rule !== undefined);
      return known.length === rules.length
        ? succeed(known)
        : refuse('<namespaces>=/<glob>, separated by commas');
    },
    join: ',',
  }),
  'enforce-projects': booleanFlag({
    fallback: openToAll.enforceProjects,
    help: "use Git repositories only that `sourceRepos` of the Application's AppProject permit",
    details: ', and projects only that are for its namespace; needs `get` on AppProjects',
  }),
} satisfies FlagTable;

/** The rules that the flags make. */
export function readTenantRules(values: FlagValues<typeof tenantFlags>): TenantRules {
  return {
    secretNamespaces: values['secret-namespaces'],
    variables: values['env-credentials'],
    scriptFolder: values['script-folder'],
    writePaths: values['write-paths'],
    enforceProjects: values['enforce-projects'],
  };
}

function names(text: string, form: RegExp, expected: string): Outcome<readonly string[]> {
  const all = text.split(',').map((name) => name.trim());
  const isMixed = all.some((name) => name === 'any' || name === 'none');
  return isMixed || !all.every((name) => form.test(name)) ? refuse(expected) : succeed(all);
}

function refuse<T>(expected: string): Outcome<T> {
  return fail(configFailure(`expected ${expected}`));
}
