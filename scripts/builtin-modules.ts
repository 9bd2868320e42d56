/**
 * Loads the modules of Node by `require`. An import statement reads every name that they export, and some are made
 * when they are read: `node:http` brings WebSocket, and a whole second HTTP client for it.
 */
import { createRequire, isBuiltin } from 'node:module';
import type { Plugin } from 'esbuild';

const namespace = 'builtin';
const require = createRequire(import.meta.url);

export const builtinModules: Plugin = {
  name: 'builtin-modules',
  setup(build) {
    build.onResolve({ filter: /^[\w:/]+$/ }, ({ path, kind }) => {
      if (!isBuiltin(path)) return undefined;
      return kind === 'require-call' ? { path, external: true } : { path, namespace, sideEffects: false };
    });
    build.onLoad({ filter: /.*/, namespace }, ({ path }) => ({ contents: moduleOf(path) }));
  },
};

/** Only names that are used stay in the bundle. */
function moduleOf(path: string): string {
  const names = Object.keys(require(path) as object).filter((name) => /^[a-z_$][\w$]*$/i.test(name));
  return [
    `const all = require(${JSON.stringify(path)});`,
    'export default all;',
    ...names
      .filter((name) => name !== 'default')
      .map((name) => `export const ${name} = /* @__PURE__ */ (() => all.${name})();`),
  ].join('\n');
}
