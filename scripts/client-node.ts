/**
 * Takes of @kubernetes/client-node, and of undici beneath it, what a kubeconfig and its connections need. Both say
 * nothing of side effects, and have all models, clients and a second `fetch` imported by their front doors.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';
import type { Plugin } from 'esbuild';

/** The method of dispatchers that we call is added by undici's own front door, which is not used here. */
const agents = `
  import request from 'undici/lib/api/api-request.js';
  import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
  Dispatcher.prototype.request = request;
  export { default as Agent } from 'undici/lib/dispatcher/agent.js';
  export { default as ProxyAgent } from 'undici/lib/dispatcher/proxy-agent.js';
  export const fetch = globalThis.fetch;
`;

/** We hand on JSON: src/kube/api/kubeconfig-file.ts. */
const yamlReader = 'export const load = JSON.parse;';

/** undici's own switch for being bundled into Node: without its second, experimental parser. */
export const leanUndici = { esbuildDetection: 'true' } as const;

export function leanClientNode(root: string): Plugin {
  const isResolving = Symbol('resolving');
  return {
    name: 'lean-client-node',
    setup(build) {
      build.onResolve({ filter: /^(?:\.|@kubernetes\/client-node$)/ }, async (args) => {
        const isOurs = args.path.startsWith('@') || args.importer.includes('/@kubernetes/client-node/');
        if (!isOurs || args.pluginData === isResolving) return undefined;
        const { importer, resolveDir, kind } = args;
        const found = await build.resolve(args.path, { importer, resolveDir, kind, pluginData: isResolving });
        return { ...found, sideEffects: false };
      });
      build.onResolve({ filter: /^undici$/ }, ({ importer }) =>
        importer.includes('/@kubernetes/client-node/') ? { path: 'undici', namespace: 'agents' } : undefined,
      );
      build.onLoad({ filter: /.*/, namespace: 'agents' }, () => ({ contents: agents, resolveDir: root }));
      build.onResolve({ filter: /^js-yaml$/ }, ({ importer }) =>
        importer.includes('/@kubernetes/client-node/')
          ? { path: 'yaml', namespace: 'reader', sideEffects: false }
          : undefined,
      );
      build.onLoad({ filter: /.*/, namespace: 'reader' }, () => ({ contents: yamlReader }));
      const folder = join(resolve(root, build.initialOptions.outdir ?? ''), 'chunks');
      build.onLoad({ filter: /\/undici\/lib\/llhttp\/llhttp(?:_simd)?-wasm\.js$/ }, ({ path }) => ({
        contents: besides(folder, path),
      }));
    },
  };
}

/**
 * Two programs of WebAssembly in base64, of which one is run, are a fifth of undici: each becomes a file of its own
 * beside the chunk that reads it. Gives the module that does.
 */
function besides(folder: string, path: string): string {
  const name = basename(path).replace(/-wasm\.js$/, '.wasm');
  const bytes: unknown = createRequire(import.meta.url)(path);
  if (!(bytes instanceof Uint8Array)) throw new Error(`${path}: expected a module of bytes`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), bytes);
  return `module.exports = require('node:fs').readFileSync(require('node:path').join(__dirname, ${JSON.stringify(name)}));`;
}
