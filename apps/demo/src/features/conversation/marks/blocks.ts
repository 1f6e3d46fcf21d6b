import { type MentionRange, type Source, sourceOf } from './atoms.ts'
import { type Inline, inlineOf } from './inline.ts'
import type { Range } from './range.ts'

export type Line = readonly Inline[]

/** A part of a text that has lines of its own. */
export type Block =
  | { readonly kind: 'paragraph' | 'quote'; readonly lines: readonly Line[] }
  | { readonly kind: 'list'; readonly first: number | null; readonly lines: readonly Line[] }
  | { readonly kind: 'code'; readonly text: string }

type LineKind = 'paragraph' | 'quote' | 'bullets' | 'numbers'

/** What begins a line of a kind, after which its text comes. */
const starts: readonly (readonly [LineKind, RegExp])[] = [
  ['quote', /^> /],
  ['bullets', /^[-*] (?=\S)/],
  ['numbers', /^\d{1,9}[.)] (?=\S)/],
]
const fence = '```'

interface TextLine extends Range {
  readonly kind: LineKind
  /** Where its text begins, after its mark. */
  readonly from: number
}

/** The parts of a text with marks: bold, italic, struck out, code, quotes, lists and links. Never markup. */
export function blocksOf(text: string, mentions: readonly MentionRange[] = []): readonly Block[] {
  const source = sourceOf(text, mentions)
  const blocks: Block[] = []
  let group: TextLine[] = []
  const endGroup = (): void => {
    if (group.length > 0) blocks.push(blockOf(source, group))
    group = []
  }
  const lines = linesOf(text)
  for (let at = 0; at < lines.length; at += 1) {
    const end = fenceEnd(text, lines, at)
    const line = typed(text, lines[at] as Range)
    if (end === null) {
      if (group[0] && group[0].kind !== line.kind) endGroup()
      group.push(line)
      continue
    }
    endGroup()
    blocks.push({ kind: 'code', text: codeOf(text, lines, at, end) })
    at = end
  }
  endGroup()
  return blocks
}

function linesOf(text: string): readonly Range[] {
  const lines: Range[] = []
  for (let start = 0; start <= text.length; ) {
    const newline = text.indexOf('\n', start)
    const end = newline < 0 ? text.length : newline
    lines.push({ start, end })
    start = end + 1
  }
  return lines
}

function typed(text: string, { start, end }: Range): TextLine {
  const line = text.slice(start, end)
  for (const [kind, begin] of starts) {
    const mark = begin.exec(line)
    if (mark) return { kind, start, end, from: start + mark[0].length }
  }
  return { kind: 'paragraph', start, end, from: start }
}

/** The line that ends the code block that begins at a line; null if none begins there. */
function fenceEnd(text: string, lines: readonly Range[], at: number): number | null {
  const line = lines[at]
  if (
    !line ||
    !text.startsWith(fence, line.start) ||
    !/^```[\w+-]*\s*$/.test(text.slice(line.start, line.end))
  )
    return null
  const end = lines.findIndex(({ start, end: to }, n) => n > at && text.slice(start, to).trimEnd() === fence)
  return end > at + 1 ? end : null
}

function codeOf(text: string, lines: readonly Range[], at: number, end: number): string {
  return text.slice(lines[at + 1]?.start, lines[end - 1]?.end)
}

function blockOf(source: Source, group: readonly TextLine[]): Block {
  const lines = group.map(({ from, end }) => inlineOf(source, from, end))
  const [first] = group
  if (!first || first.kind === 'paragraph' || first.kind === 'quote')
    return { kind: first?.kind === 'quote' ? 'quote' : 'paragraph', lines }
  const number = first.kind === 'numbers' ? Number.parseInt(source.text.slice(first.start), 10) : null
  return { kind: 'list', first: number, lines }
}

/** A text without its marks, in one line: for previews, which have room for so many characters. */
export function plainTextOf(text: string, most = 300): string {
  return blocksOf(text.slice(0, most))
    .flatMap((block) => (block.kind === 'code' ? [block.text] : block.lines.map(wordsOf)))
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim()
}

function wordsOf(line: Line): string {
  return line.map((piece) => ('text' in piece ? piece.text : wordsOf(piece.children))).join('')
}
