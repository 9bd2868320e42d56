/**
 * Takes of @kubernetes/client-node, and of undici beneath it, what a kubeconfig and its connections need. Both say
 * nothing of side effects, and have all models, clients and a second `fetch` imported by their front doors.
 */
import type { Plugin } from 'esbuild';

/** The methods of dispatchers are added by undici's own front door, which is not used here. */
const agents = `
  import api from 'undici/lib/api/index.js';
  import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
  Object.assign(Dispatcher.prototype, api);
  export { default as Agent } from 'undici/lib/dispatcher/agent.js';
  export { default as ProxyAgent } from 'undici/lib/dispatcher/proxy-agent.js';
  export const fetch = globalThis.fetch;
`;

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
    },
  };
}
