/** What is wrong with the annotations that hold back, delay or order updates. */
import type { AppConfig } from '../../core/config/annotations.ts';
import { unknownDefaults } from '../../core/policy/read/defaults.ts';
import { readPolicies } from '../../core/policy/read/read-policies.ts';
import { Zones } from '../../core/policy/words/zone.ts';
import { type RuleId, ruleOfAnnotation, type Severity } from './findings/rules.ts';

export interface PolicyFinding {
  /** Key after the prefix. */
  readonly annotation: string;
  readonly severity: Severity;
  readonly message: string;
}

/** Misspelt keys are not among them: they are found as such. What administrators set is not known here. */
export function checkPolicies({ app, images }: AppConfig, nowMs: number): readonly PolicyFinding[] {
  const { annotations, project, namespace } = app;
  const context = { defaults: unknownDefaults(), zones: new Zones(), nowMs, cycleMs: 0 };
  return images.flatMap(({ alias }) => {
    const { policies, warnings } = readPolicies({ annotations, alias, project, namespace }, context);
    return [
      ...(policies.invalid ?? []).flatMap(({ value }) => placed(value, 'error')),
      ...warnings.flatMap((text) => placed(text, 'warning')),
    ];
  });
}

const misspelt: RuleId = 'unknown-key';

/** `annotation web.min-age: …` is about that annotation, and need not say that it is one. */
function placed(text: string, severity: Severity): readonly PolicyFinding[] {
  const [, message = '', annotation = ''] = /^annotation (([^\s:]+)[^]*)$/.exec(text) ?? [];
  return message === '' || ruleOfAnnotation(annotation) === misspelt
    ? []
    : [{ annotation, severity, message }];
}
