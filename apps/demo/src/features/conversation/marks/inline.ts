import type { Atom, Source } from './atoms.ts'

/** A part of a line. */
export type Inline =
  | { readonly kind: 'text' | 'code'; readonly text: string }
  | { readonly kind: 'mention'; readonly text: string; readonly userId: string }
  | { readonly kind: 'link'; readonly href: string; readonly children: readonly Inline[] }
  | { readonly kind: 'bold' | 'italic' | 'strike'; readonly children: readonly Inline[] }

interface Found {
  readonly piece: Inline
  readonly end: number
}

const marks = [
  { mark: '**', kind: 'bold' },
  { mark: '~~', kind: 'strike' },
  { mark: '*', kind: 'italic' },
  { mark: '_', kind: 'italic' },
] as const

const deepest = 4
const wordCharacter = /[\p{L}\p{N}]/u

/** The parts of one line, from `from` up to `to`. */
export function inlineOf(source: Source, from: number, to: number, depth = 0): readonly Inline[] {
  const pieces: Inline[] = []
  /** Marks that nothing closes in the rest of the line: not looked for again, so that a long line costs its length. */
  const open = new Set<string>()
  const start = /[*_~`[]/g
  let plain = from
  let at = from
  while (true) {
    start.lastIndex = at
    at = start.exec(source.masked)?.index ?? to
    if (at >= to) break
    const found = foundAt(source, at, to, depth, open)
    if (found) {
      pieces.push(...plainOf(source, plain, at), found.piece)
      plain = found.end
    }
    at = found?.end ?? at + 1
  }
  return [...pieces, ...plainOf(source, plain, to)]
}

function foundAt(source: Source, at: number, to: number, depth: number, open: Set<string>): Found | null {
  if (source.masked[at] === '`') return codeAt(source, at, to, open)
  if (source.masked[at] === '[') return linkAt(source, at, to)
  if (depth >= deepest) return null
  for (const { mark, kind } of marks) {
    const end = source.masked.startsWith(mark, at) ? closed(source.masked, at, to, mark, open) : -1
    if (end < 0) continue
    const children = inlineOf(source, at + mark.length, end, depth + 1)
    return { piece: { kind, children }, end: end + mark.length }
  }
  return null
}

function codeAt({ masked, text }: Source, at: number, to: number, open: Set<string>): Found | null {
  const end = closed(masked, at, to, '`', open)
  return end < 0 ? null : { piece: { kind: 'code', text: text.slice(at + 1, end) }, end: end + 1 }
}

/** `[words](address)`. */
function linkAt(source: Source, at: number, to: number): Found | null {
  const { masked, atoms } = source
  const middle = masked.indexOf('](', at)
  if (middle <= at + 1 || middle >= to || masked.lastIndexOf('[', middle) !== at) return null
  const target = atoms.find(({ start, href }) => start === middle + 2 && href !== null)
  if (!target?.href || masked[target.end] !== ')' || target.end >= to) return null
  const children = plainOf(source, at + 1, middle)
  const isPlain = children.every(({ kind }) => kind === 'text')
  return isPlain ? { piece: { kind: 'link', href: target.href, children }, end: target.end + 1 } : null
}

/** Where a mark that begins here is closed; -1 if it is none. Marks stand around words: `2*3*4` and `a_b_c` have none. */
function closed(masked: string, at: number, to: number, mark: string, open: Set<string>): number {
  const isStart =
    !isWord(masked, at - 1) && masked[at - 1] !== mark[0] && isInside(masked, at + mark.length, mark)
  if (open.has(mark) || !isStart) return -1
  let end = masked.indexOf(mark, at + mark.length)
  while (end >= 0 && end + mark.length <= to) {
    const after = masked[end + mark.length]
    const isEnd = isInside(masked, end - 1, mark) && after !== mark[0] && !wordCharacter.test(after ?? '')
    if (end > at + mark.length && isEnd) return end
    end = masked.indexOf(mark, end + 1)
  }
  open.add(mark)
  return -1
}

function isWord(text: string, at: number): boolean {
  return wordCharacter.test(text[at] ?? '')
}

/** Whether a character may be the first or last within a mark. */
function isInside(text: string, at: number, mark: string): boolean {
  const character = text[at] ?? ' '
  return !/\s/.test(character) && character !== mark[0]
}

/** A text without marks, with its links and mentions. */
function plainOf({ text, atoms }: Source, from: number, to: number): Inline[] {
  const pieces: Inline[] = []
  let end = from
  for (const atom of atoms) {
    if (atom.start < end || atom.end > to) continue
    if (atom.start > end) pieces.push({ kind: 'text', text: text.slice(end, atom.start) })
    pieces.push(pieceOf(atom, text.slice(atom.start, atom.end)))
    end = atom.end
  }
  if (end < to) pieces.push({ kind: 'text', text: text.slice(end, to) })
  return pieces
}

function pieceOf({ href, userId }: Atom, text: string): Inline {
  if (userId !== null) return { kind: 'mention', text, userId }
  return { kind: 'link', href: href ?? '', children: [{ kind: 'text', text }] }
}
