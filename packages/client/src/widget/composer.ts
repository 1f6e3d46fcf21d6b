import type { LiveStream } from '../messages/live-stream.ts'
import type { LiveTyping } from '../presence/typing.ts'
import type { WidgetContext } from './context.ts'
import { h, iconButton, say as setText } from './dom.ts'
import { createFilePicker } from './file-picker.ts'
import { keepWritten } from './unsent.ts'
import { failureText } from './words.ts'

/** Where the visitor writes. */
export interface Composer {
  readonly element: HTMLElement
  readonly focus: () => void
  /** What the empty field says. */
  readonly setHint: (hint: string) => void
  readonly destroy: () => void
}

interface ComposerParts {
  readonly ticketId: string
  readonly stream: LiveStream
  readonly typing: LiveTyping
  readonly onSend: () => void
}

export function createComposer(
  context: WidgetContext,
  { ticketId, stream, typing, onSend }: ComposerParts,
): Composer {
  const { say, unsent } = context
  const field = h('textarea', {
    rows: 1,
    maxlength: 16_000,
    'aria-label': say('write'),
    placeholder: say('write'),
    enterkeyhint: 'send',
    onInput() {
      grow()
      setText(wrong, '')
      if (field.value !== '') typing.keystroke()
    },
    onBlur: () => typing.stop(),
    onKeydown(event: KeyboardEvent) {
      // Safari shows by the key code alone that an Enter accepts a word of Japanese, Chinese or Korean.
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return
      event.preventDefault()
      send()
    },
  })
  const wrong = h('p', { class: 'wrong', role: 'alert' })
  const button = h('button', { class: 'quiet send', 'aria-label': say('send'), title: say('send') })
  button.append(...iconButton('send', '').childNodes)
  const files = createFilePicker(context, ticketId, renderButton)
  files.takeFrom(field)
  keepWritten(field, unsent, ticketId)
  const element = h(
    'form',
    {
      class: 'composer',
      novalidate: true,
      onSubmit(event: Event) {
        event.preventDefault()
        send()
      },
    },
    files.list,
    wrong,
    h('div', { class: 'line' }, files.button, field, button),
  )

  /** As high as what is written in it, up to what the styles allow. */
  function grow(): void {
    field.style.height = 'auto'
    field.style.height = `${field.scrollHeight + 2}px`
  }

  function renderButton(): void {
    button.setAttribute('aria-disabled', String(!files.pending.getSnapshot().isReady))
  }

  const lastRow = (): string | undefined => stream.getSnapshot().messages.at(-1)?.key

  function send(): void {
    const { attachments, isReady } = files.pending.getSnapshot()
    const text = field.value.trim()
    if (!isReady || (text === '' && attachments.length === 0)) return
    const before = lastRow()
    const sending = stream.send(text, { attachments })
    // Its row shows how it goes, if it gets one: what is refused at once stays where it was written.
    const isTaken = lastRow() !== before
    sending.catch((error: unknown) => isTaken || setText(wrong, failureText(say, error)))
    if (!isTaken) return
    setText(wrong, '')
    files.pending.clear()
    field.value = ''
    unsent.texts.delete(ticketId)
    grow()
    typing.stop()
    onSend()
  }

  renderButton()
  return {
    element,
    focus() {
      grow()
      field.focus()
    },
    setHint(hint) {
      field.placeholder = hint
      field.setAttribute('aria-label', hint)
    },
    destroy: files.destroy,
  }
}
