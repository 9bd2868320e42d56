/** `sourceNamespaces` of an AppProject: where Applications of the project may be, beside Argo CD's namespace. */
import { RE2JS } from 're2js';
import { compileSourceGlob, type TextTest } from './source-glob.ts';

const maxLength = 1024; // compiling takes time quadratic in the length

/** Globs, and regular expressions between slashes. Source: Argo CD 3, `AppProject.IsAppNamespacePermitted`. */
export function makeNamespaceJudge(sourceNamespaces: readonly string[]): TextTest {
  const tests = sourceNamespaces.flatMap((pattern) => compileSourceGlob(pattern) ?? []);
  const expressions = sourceNamespaces.flatMap((pattern) => expressionIn(pattern) ?? []);
  return (namespace) => [...tests, ...expressions].some((fits) => fits(namespace));
}

/** Found anywhere in the text, as there; what only backtracking engines understand fits nothing. */
function expressionIn(pattern: string): TextTest | undefined {
  if (!/^\/[^]*\/$/.test(pattern) || pattern.length > maxLength) return undefined;
  try {
    const compiled = RE2JS.compile(pattern.slice(1, -1));
    return (text) => compiled.test(text);
  } catch {
    return undefined;
  }
}
