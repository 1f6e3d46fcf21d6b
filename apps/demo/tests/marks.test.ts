import { describe, expect, it } from 'vitest'
import { type Block, blocksOf, plainTextOf } from '../src/features/conversation/marks/blocks.ts'
import { markup } from './support/markup.ts'

/** A short form to compare: `b(…)` is bold, and so on. */
function shown(text: string, mentions: Parameters<typeof blocksOf>[1] = []): string {
  return blocksOf(text, mentions).map(blockShown).join('|')
}

function blockShown(block: Block): string {
  if (block.kind === 'code') return `pre(${block.text})`
  const lines = block.lines.map((line) => line.map(pieceShown).join(''))
  if (block.kind === 'paragraph') return lines.join('\n')
  const name = block.kind === 'list' ? (block.first === null ? 'ul' : `ol${block.first}`) : 'quote'
  return `${name}(${lines.join('; ')})`
}

type Piece = Extract<Block, { lines: unknown }>['lines'][number][number]

function pieceShown(piece: Piece): string {
  if (piece.kind === 'mention') return `@(${piece.userId}:${piece.text})`
  if (!('children' in piece)) return piece.kind === 'code' ? `c(${piece.text})` : piece.text
  const name = piece.kind === 'link' ? `a[${piece.href}]` : piece.kind.charAt(0)
  return `${name}(${piece.children.map(pieceShown).join('')})`
}

describe('marks of a text', () => {
  it.each([
    ['**bold** and *slanted* and _too_', 'b(bold) and i(slanted) and i(too)'],
    ['~~gone~~ `a * b`', 's(gone) c(a * b)'],
    ['**a *b* c**', 'b(a i(b) c)'],
    ['2*3*4, a_b_c, a * b * c, ** x **', '2*3*4, a_b_c, a * b * c, ** x **'],
    ['*not closed\n*at all', '*not closed\n*at all'],
    ['__proto__ and ***', '__proto__ and ***'],
    ['> quoted\n> again\nmine', 'quote(quoted; again)|mine'],
    ['- one\n- **two**\n1. first\n2. second', 'ul(one; b(two))|ol1(first; second)'],
    ['7. seventh', 'ol7(seventh)'],
    ['see:\n```js\nlet a = **1**\n\nb\n```\nthen', 'see:|pre(let a = **1**\n\nb)|then'],
    ['```\nnever closed', '```\nnever closed'],
    ['https://a.example/_x_/*y*.', 'a[https://a.example/_x_/*y](https://a.example/_x_/*y)*.'],
    ['**https://a.example/b**', 'b(a[https://a.example/b](https://a.example/b))'],
    ['[the notes](https://a.example/b_c_d)', 'a[https://a.example/b_c_d](the notes)'],
    ['[x](javascript:xss())', '[x](javascript:xss())'],
    ['[x](data:text/html,1) ![x](//evil.test/a.png)', '[x](data:text/html,1) ![x](//evil.test/a.png)'],
  ])('[DW1] %j', (text, expected) => expect(shown(text)).toBe(expected))

  it('[DW1] do not reach into the name of somebody who is mentioned', () => {
    const mentions = [{ user_id: 'ann', start: 4, end: 12 }]
    expect(shown('Hi, @Ann_*K_ and *b*', mentions)).toBe('Hi, @(ann:@Ann_*K_) and i(b)')
    expect(shown('**@Ann**', [{ user_id: 'ann', start: 2, end: 6 }])).toBe('b(@(ann:@Ann))')
    expect(shown('short', [{ user_id: 'ann', start: 2, end: 60 }])).toBe('short')
  })

  it('[DW1] are never made of markup', () => {
    for (const text of markup) expect(shown(text)).toBe(text)
  })

  it('[DW1] cost no more than the length of a text', () => {
    const began = performance.now()
    for (const unit of ['*a ', '**a ', '`a ', '[a](', '_a *b ', '> *', '```\n'])
      blocksOf(unit.repeat(16_000 / unit.length))
    expect(performance.now() - began).toBeLessThan(5_000)
  })

  it('[DW1] are left out of previews', () => {
    expect(plainTextOf('**Hi** there\n- `one`\n> two')).toBe('Hi there one two')
  })
})
