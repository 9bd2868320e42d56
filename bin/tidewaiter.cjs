#!/usr/bin/env node
/* Starts the program on a Node that can run it; on any other it says which one is needed. */
'use strict';

const needed = [24, 15];
const found = process.versions.node.split('.').map(Number);

if (found[0] < needed[0] || (found[0] === needed[0] && found[1] < needed[1])) {
  process.stderr.write(
    'Error: tidewaiter needs Node.js ' + needed.join('.') + ' or newer, this is ' + process.version + '\n',
  );
  process.exit(1);
} else {
  require('node:module').enableCompileCache();
  // Before anything else is loaded; what each is worth is in docs/design/weight.md. The young generation of the heap does
  // not grow, and the old one is collected before it grows. What V8 compiles to run fast has to run very often, for its
  // compilers take 15 MiB at once; and of undici's parser, which is WebAssembly, they make nothing that is worth 24 MiB
  // and a fifth of a second.
  for (const flag of [
    '--semi-space-growth-factor=1',
    '--memory-saver-mode',
    '--invocation-count-for-maglev=100000',
    '--invocation-count-for-turbofan=1000000',
    '--no-wasm-tier-up',
    '--no-wasm-dynamic-tiering',
  ])
    require('node:v8').setFlagsFromString(flag);
  require('../dist/main.js');
}
