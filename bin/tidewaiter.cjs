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
  require('../dist/main.js');
}
