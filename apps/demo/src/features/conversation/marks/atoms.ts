import { linksIn } from './links.ts'
import type { Range } from './range.ts'

/** A part of a text that marks do not reach into: an address, or the name of somebody who is mentioned. */
export interface Atom extends Range {
  readonly href: string | null
  readonly userId: string | null
}

/** Whom a text mentions, and where. */
export interface MentionRange extends Range {
  readonly user_id: string
}

/** A text, and the same text with a placeholder for each character of its atoms. */
export interface Source {
  readonly text: string
  readonly masked: string
  readonly atoms: readonly Atom[]
}

/** Stands for a character of an atom. It is no mark, no space and no letter. */
const placeholder = '\uFFFC'

export function sourceOf(text: string, mentions: readonly MentionRange[]): Source {
  const people = mentions
    .filter(({ start, end }) => start < end && end <= text.length)
    .map(({ start, end, user_id }) => ({ start, end, href: null, userId: user_id }))
  const links = linksIn(text)
    .filter((link) => !people.some((one) => one.start < link.end && link.start < one.end))
    .map((link) => ({ ...link, userId: null }))
  const atoms = [...people, ...links].sort((one, other) => one.start - other.start)
  return { text, masked: maskedOf(text, atoms), atoms }
}

function maskedOf(text: string, atoms: readonly Atom[]): string {
  let masked = ''
  let end = 0
  for (const atom of atoms) {
    if (atom.start < end) continue
    masked += text.slice(end, atom.start) + placeholder.repeat(atom.end - atom.start)
    end = atom.end
  }
  return masked + text.slice(end)
}
