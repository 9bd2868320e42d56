/* Starts the program from its sources, for the npm scripts; without the packages, the right Node among them, it says so. */
'use strict';

const { existsSync } = require('node:fs');
const path = require('node:path');

if (existsSync(path.join(__dirname, '../node_modules/.package-lock.json'))) {
  if (process.features.typescript) void import('../src/main.ts');
  else {
    process.stderr.write('Error: start it by npm, as npm start -- <command>: this Node, ' + process.version + ', cannot run it\n');
    process.exitCode = 1;
  }
} else {
  process.stderr.write('Error: run npm ci first: the packages are not installed, nor the Node that is needed\n');
  process.exitCode = 1;
}
