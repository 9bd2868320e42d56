/** Texts that the documentation shows in Markdown and terminals without it: one text, told twice. */

/** Links by their words, code without its marks. */
export function plainText(markdown: string): string {
  return markdown.replaceAll(/\[([^\]]*)\]\([^)\s]*\)/g, '$1').replaceAll('`', '');
}
