/** The flags of `validate`. */
import { booleanFlag, choiceFlag, type FlagTable, textFlag } from '../flags/flag.ts';
import { runFlags } from '../flags/commands/run-flags.ts';

export const validateFlags = {
  format: choiceFlag({
    words: ['text', 'json', 'github', 'gitlab', 'sarif'],
    fallback: 'text',
    help: 'form of the answer; gitlab is a code-quality report',
  }),
  repo: textFlag({
    placeholder: 'folder',
    fallback: '',
    help: 'checkout in which the targets and their keys are looked at too',
  }),
  strict: booleanFlag({ fallback: false, help: 'exit with 1 for warnings too' }),
  'argocd-namespace': { ...runFlags['argocd-namespace'], help: 'where Argo CD lives (default: argocd)' },
} satisfies FlagTable;
