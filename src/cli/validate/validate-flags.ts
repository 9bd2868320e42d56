/** The flags of `validate`. */
import { booleanFlag, choiceFlag, describedBy, type FlagTable, textFlag } from '../flags/flag.ts';
import { runFlags } from '../flags/commands/run-flags.ts';

export const validateFlags = {
  format: choiceFlag({
    words: ['text', 'json', 'github', 'gitlab', 'sarif'],
    fallback: 'text',
    help: 'form of the answer; `gitlab` is a code-quality report',
    details: '; `github` annotates a workflow, `sarif` is SARIF 2.1.0',
  }),
  repo: textFlag({
    placeholder: 'folder',
    fallback: '',
    help: 'checkout in which the targets and their keys are looked at too',
  }),
  strict: booleanFlag({ fallback: false, help: 'exit with 1 for warnings too' }),
  'argocd-namespace': {
    ...runFlags['argocd-namespace'],
    otherwise: '`argocd`',
    ...describedBy({ help: 'where Argo CD lives', details: ', for manifests without namespace' }),
  },
} satisfies FlagTable;
