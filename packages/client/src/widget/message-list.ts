import type { MessageRow } from '../messages/message-rows.ts'
import type { WidgetContext } from './context.ts'
import { h } from './dom.ts'
import { saidText } from './said.ts'
import { showAttachment } from './shown-attachment.ts'
import { dayAndTime, failureText } from './words.ts'

/** A conversation's messages; what has not changed stays the same element. */
export interface MessageList {
  readonly element: HTMLElement
  readonly render: (rows: readonly MessageRow[]) => void
}

interface Item {
  readonly row: MessageRow
  /** Whether it says who wrote it: the first of several messages of one person does. */
  readonly isFirst: boolean
  readonly element: HTMLElement
}

export function createMessageList(context: WidgetContext): MessageList {
  const element = h('ol', { class: 'log' })
  let items = new Map<string, Item>()
  /** By upload: a picture stays where it is when its message is sent. */
  const files = new Map<string, HTMLElement>()

  function itemOf(row: MessageRow, before: MessageRow | undefined): Item {
    const isFirst = isFact(before) || before?.message.author !== row.message.author
    const known = items.get(row.key)
    if (known && known.row === row && known.isFirst === isFirst) return known
    return { row, isFirst, element: elementOf(row, isFirst) }
  }

  function elementOf(row: MessageRow, isFirst: boolean): HTMLElement {
    const { message, isOwn, delivery } = row
    if (isFact(row)) return h('li', { class: 'fact' }, factText(context, row))
    const time = h('time', { datetime: message.created_at }, dayAndTime(message.created_at))
    const classes = [isOwn ? 'own' : '', delivery === 'sent' ? '' : 'is-sending'].join(' ').trim()
    return h(
      'li',
      { class: classes },
      isFirst ? h('span', { class: 'who' }, nameOf(context, row), ' · ', time) : null,
      textOf(context, row),
      ...(message.attachments ?? []).map((file) => fileOf(row, file)),
      deliveryOf(context, row),
    )
  }

  function fileOf(
    row: MessageRow,
    file: NonNullable<MessageRow['message']['attachments']>[number],
  ): HTMLElement {
    const key = `${file.upload_id} ${row.delivery === 'sent'}`
    const known = files.get(key) ?? showAttachment(context, row, file)
    files.set(key, known)
    return known
  }

  return {
    element,
    render(rows) {
      const next = new Map<string, Item>()
      for (const [at, row] of rows.entries()) next.set(row.key, itemOf(row, rows[at - 1]))
      for (const [key, { element: old }] of items) if (next.get(key)?.element !== old) old.remove()
      items = next
      let at = 0
      for (const { element: one } of next.values()) {
        if (element.children[at] !== one) element.insertBefore(one, element.children[at] ?? null)
        at += 1
      }
      for (const [key, file] of files) if (!element.contains(file)) files.delete(key)
    },
  }
}

/** What the widget says in its own words. */
const facts = ['held', 'resumed', 'reopened', 'closed'] as const

function isFact(row: MessageRow | undefined): boolean {
  return row !== undefined && row.message.kind !== 'text' && row.message.kind !== 'removed'
}

/** What happened, in the page's words where it has some; else as the server says it. */
function factText({ say }: WidgetContext, { message }: MessageRow): string {
  const { kind, fact, message_data } = message
  const known = facts.find((one) => one === kind)
  if (!known) return message_data
  const reason = fact?.reason === undefined ? '' : `: ${fact.reason}`
  return say(`fact_${known}`) + reason
}

function nameOf({ say }: WidgetContext, { isOwn, message }: MessageRow): string {
  return isOwn ? say('you') : (message.display_name ?? say('support'))
}

function textOf({ say }: WidgetContext, { message }: MessageRow): HTMLElement | null {
  if (message.kind === 'removed') return h('div', { class: 'said faint' }, say('removed'))
  if (message.message_data === '') return null
  return h('div', { class: 'said', dir: 'auto' }, ...saidText(message.message_data))
}

/** How a message of the visitor's own goes; nothing once it is sent. */
function deliveryOf({ say }: WidgetContext, row: MessageRow): HTMLElement | null {
  const { delivery, error, retry, discard } = row
  if (delivery === 'sent' || delivery === 'draft') return null
  if (delivery === 'sending') return h('div', { class: 'how' }, say('sending'))
  const button = (label: string, act: () => unknown): HTMLElement =>
    h('button', { type: 'button', class: 'plain small', onClick: () => void act() }, label)
  return h(
    'div',
    { class: 'how' },
    h('span', { class: 'wrong' }, say('not_sent', { reason: failureText(say, error) })),
    retry ? button(say('retry'), () => retry().catch(() => undefined)) : null,
    discard ? button(say('discard'), discard) : null,
  )
}
