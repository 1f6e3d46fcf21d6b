/** A part of a text; `href` is set if it is a link. */
export interface Piece {
  readonly text: string
  readonly href: string | null
}

const address = /\b(?:https?:\/\/|mailto:)[^\s<>"'`]*[^\s<>"'`.,;:!?()[\]{}]/giu
const protocols: readonly string[] = ['http:', 'https:', 'mailto:']

/** Splits a text into plain parts and links. Joined, the pieces are the original text. */
export function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = []
  let end = 0
  for (const { 0: found, index } of text.matchAll(address)) {
    if (!isFollowable(found)) continue
    if (index > end) pieces.push({ text: text.slice(end, index), href: null })
    pieces.push({ text: found, href: found })
    end = index + found.length
  }
  if (end < text.length) pieces.push({ text: text.slice(end), href: null })
  return pieces
}

function isFollowable(found: string): boolean {
  return URL.canParse(found) && protocols.includes(new URL(found).protocol)
}
