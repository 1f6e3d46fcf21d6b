import { Fragment, memo, useMemo } from 'react'
import { useSelf } from '../../people/use-self.ts'
import type { MentionRange } from './atoms.ts'
import { type Block, blocksOf, type Line } from './blocks.ts'
import type { Inline } from './inline.ts'
import './marks.css'

interface MarksProps {
  readonly text: string
  readonly mentions?: readonly MentionRange[] | undefined
}

/** A text with its marks, links and mentions, as elements of React; never as HTML. */
export const Marks = memo(function Marks({ text, mentions }: MarksProps) {
  const blocks = useMemo(() => blocksOf(text, mentions), [text, mentions])
  return blocks.map((block, at) => <OneBlock key={at} block={block} />)
})

function OneBlock({ block }: { readonly block: Block }) {
  switch (block.kind) {
    case 'code':
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable area must be reachable by keyboard
        <pre className="marks-code" tabIndex={0} dir="ltr">
          <code>{block.text}</code>
        </pre>
      )
    case 'quote':
      return (
        <blockquote className="marks-quote">
          <Lines lines={block.lines} />
        </blockquote>
      )
    case 'list':
      return <List lines={block.lines} first={block.first} />
    default:
      return (
        <div className="marks-paragraph">
          <Lines lines={block.lines} />
        </div>
      )
  }
}

function List({ lines, first }: { readonly lines: readonly Line[]; readonly first: number | null }) {
  const items = lines.map((line, at) => (
    <li key={at}>
      <Pieces line={line} />
    </li>
  ))
  if (first === null) return <ul className="marks-list">{items}</ul>
  return (
    <ol className="marks-list" start={first}>
      {items}
    </ol>
  )
}

function Lines({ lines }: { readonly lines: readonly Line[] }) {
  return lines.map((line, at) => (
    <Fragment key={at}>
      {at > 0 && '\n'}
      <Pieces line={line} />
    </Fragment>
  ))
}

function Pieces({ line }: { readonly line: Line }) {
  return line.map((piece, at) => <Piece key={at} piece={piece} />)
}

function Piece({ piece }: { readonly piece: Inline }) {
  switch (piece.kind) {
    case 'text':
      return piece.text
    case 'code':
      return <code className="marks-inline-code">{piece.text}</code>
    case 'mention':
      return <Mention text={piece.text} userId={piece.userId} />
    case 'link':
      return (
        <a href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
          <bdi>
            <Pieces line={piece.children} />
          </bdi>
        </a>
      )
    case 'bold':
      return (
        <strong>
          <Pieces line={piece.children} />
        </strong>
      )
    case 'italic':
      return (
        <em>
          <Pieces line={piece.children} />
        </em>
      )
    case 'strike':
      return (
        <s>
          <Pieces line={piece.children} />
        </s>
      )
  }
}

function Mention({ text, userId }: { readonly text: string; readonly userId: string }) {
  const self = useSelf()
  return (
    <bdi className="mention" data-own={userId === self.userId}>
      {text}
    </bdi>
  )
}
