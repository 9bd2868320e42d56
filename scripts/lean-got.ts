/** Takes got without HTTP/2, which nothing here asks it for: the module of Node for that takes megabytes, and a tenth of a start. */
import type { Plugin } from 'esbuild';

const namespace = 'no-http2';

/** As much of `node:http2` as got looks at where its option `http2` is off. */
const contents =
  'export class Http2ServerResponse {}\nexport const constants = {};\nexport default undefined;';

export const leanGot: Plugin = {
  name: 'lean-got',
  setup(build) {
    build.onResolve({ filter: /(?:^node:http2|\/http2-client\.js)$/ }, ({ importer }) =>
      importer.includes('/node_modules/got/') ? { path: 'http2', namespace, sideEffects: false } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace }, () => ({ contents }));
  },
};
