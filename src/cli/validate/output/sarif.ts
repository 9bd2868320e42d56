/** Findings as SARIF 2.1.0. */
import type { Finding } from '../findings/finding.ts';
import { type RuleId, rules } from '../findings/rules.ts';

interface Message {
  readonly text: string;
}

interface SarifRule {
  readonly id: string;
  readonly shortDescription: Message;
  readonly help: Message;
  readonly defaultConfiguration: { readonly level: 'error' | 'warning' | 'note' };
}

interface SarifResult {
  readonly ruleId: string;
  /** Into the rules of the driver. */
  readonly ruleIndex: number;
  readonly level: 'error' | 'warning' | 'note';
  readonly message: Message;
  readonly locations: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string };
      readonly region: { readonly startLine: number; readonly startColumn: number };
    };
  }[];
}

export interface SarifLog {
  readonly $schema: string;
  readonly version: '2.1.0';
  readonly runs: readonly {
    readonly tool: {
      readonly driver: {
        readonly name: string;
        readonly semanticVersion: string;
        readonly rules: readonly SarifRule[];
      };
    };
    readonly columnKind: 'utf16CodeUnits';
    readonly results: readonly SarifResult[];
  }[];
}

const ids = Object.keys(rules) as readonly RuleId[];

export function sarifLog(findings: readonly Finding[], version: string): SarifLog {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Tidewaiter', semanticVersion: version, rules: ids.map(ruleOf) } },
        columnKind: 'utf16CodeUnits',
        results: findings.map(resultOf),
      },
    ],
  };
}

function ruleOf(id: RuleId): SarifRule {
  const { text, severity, docs } = rules[id];
  return {
    id,
    shortDescription: { text },
    help: { text: `${text}. See docs/${docs}.` },
    defaultConfiguration: { level: severity },
  };
}

function resultOf({ file, line, column, rule, severity, message }: Finding): SarifResult {
  const region = { startLine: line, startColumn: column };
  const artifactLocation = { uri: uriOf(file) };
  return {
    ruleId: rule,
    ruleIndex: ids.indexOf(rule),
    level: severity,
    message: { text: message },
    locations: [{ physicalLocation: { artifactLocation, region } }],
  };
}

/** A relative reference, as the tools that read it want; what comes on stdin has no file. */
function uriOf(file: string): string {
  if (file === '-') return 'stdin';
  return file
    .replaceAll('\\', '/')
    .replace(/^\.\//, '')
    .split('/')
    .map((part) => encodeURIComponent(part))
    .join('/');
}
