import type { Range } from './range.ts'

/** An address in a text that can be followed. */
export interface LinkRange extends Range {
  readonly href: string
}

const address = /\b(?:https?:\/\/|mailto:)[^\s<>"'`]*[^\s<>"'`.,;:!?*~()[\]{}]/giu
const protocols: readonly string[] = ['http:', 'https:', 'mailto:']

/** The addresses in a text, in their order. */
export function linksIn(text: string): readonly LinkRange[] {
  if (!/:/.test(text)) return []
  return [...text.matchAll(address)]
    .filter(({ 0: found }) => isFollowable(found))
    .map(({ 0: href, index }) => ({ start: index, end: index + href.length, href }))
}

function isFollowable(found: string): boolean {
  return URL.canParse(found) && protocols.includes(new URL(found).protocol)
}
