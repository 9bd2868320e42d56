/** The order of test files: the long ones begin first, so that none of them is what all workers wait for at the end. */
import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The longest first, and kinds of files that take longer than others. */
const long: readonly RegExp[] = [
  /^test\/conformance\/cycles\.test\.ts$/,
  /\.property\.test\.ts$/,
  /^test\/e2e\//,
  /^test\/git\//,
  /\/floods\.test\.ts$/,
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rankOf(a) - rankOf(b));
  }
}

function rankOf({ moduleId, project }: TestSpecification): number {
  const path = relative(project.config.root, moduleId);
  const rank = long.findIndex((pattern) => pattern.test(path));
  return rank === -1 ? long.length : rank;
}
