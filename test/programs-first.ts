/**
 * The order of test files. Those that start many programs begin, while the workers are small: to start one, all that a
 * process holds is copied page table by page table. What is generated comes next, and then what takes no time.
 */
import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const order: readonly RegExp[] = [
  /^test\/(?:image|real|e2e)\//,
  /^test\/(?:git|hostile|cases|cli|project)\/|^test\/conformance\/cycles\.|^test\/app\/policy\/rollback\//,
  /\.property\.test\.ts$|\/floods\.test\.ts$|\/simulator\.test\.ts$/,
];

export class ProgramsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rankOf(a) - rankOf(b));
  }
}

function rankOf({ moduleId, project }: TestSpecification): number {
  const path = relative(project.config.root, moduleId);
  const rank = order.findIndex((pattern) => pattern.test(path));
  return rank === -1 ? order.length : rank;
}
