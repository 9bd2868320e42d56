/** Which source of an Application is written, and whether the Application is processed at all. */
import type { Outcome } from '../base/outcome.ts';
import { quoted } from '../base/quoted.ts';
import type { Application, SourceType } from './application.ts';
import { applicationValue } from './keys/annotation-values.ts';
import { type ResolvedSource, resolveSource, unsupportedType } from './source.ts';
import { targetKeyword } from './write-target.ts';

export interface WrittenSource {
  readonly source: Outcome<ResolvedSource>;
  /** Why the application is not processed at all. */
  readonly unsupported: string | undefined;
}

/** `foundType`: what the repository told, for an Application without status. */
export function readWrittenSource(app: Application, foundType: SourceType | undefined): WrittenSource {
  const keyword = targetKeyword(applicationValue(app.annotations, 'write-back-target'));
  const wanted = applicationValue(app.annotations, 'write-back-source')?.trim();
  const source = resolveSource(app, { keyword, wanted, foundType });
  const sourceType = source.ok ? source.value.sourceType : undefined;
  const foreignType = source.ok && keyword === undefined ? unsupportedType(app, sourceType) : undefined;
  return { source, unsupported: invalidSpec(app) ?? foreignType };
}

/** Argo CD does not deploy it: its project may be one that its owner must not use, and whose credentials it would get. */
function invalidSpec({ status }: Application): string | undefined {
  if (status?.invalid === undefined) return undefined;
  return `Argo CD calls the Application invalid (condition InvalidSpecError): ${quoted(status.invalid)}`;
}
