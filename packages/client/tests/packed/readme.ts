import { readFileSync } from 'node:fs'

/** The READMEs that have examples: this package's, and the repository's. */
export const readmes = { client: '../../README.md', root: '../../../../README.md' } as const

/** A README's example in a language, below a heading if one is given; without React it is `ts`, with it `tsx`. */
export function exampleIn(
  language: 'js' | 'ts' | 'tsx',
  readme: keyof typeof readmes = 'client',
  heading = '',
): string {
  const text = readFileSync(new URL(readmes[readme], import.meta.url), 'utf8')
  const [, example] =
    new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(text.slice(text.indexOf(heading))) ?? []
  if (example === undefined) throw new Error(`${readmes[readme]} has no example in ${language}`)
  return example
}
