import type { PendingAttachment, PendingAttachments } from '../attachments/pending-state.ts'
import type { WidgetContext } from './context.ts'
import { h, icon, iconButton, say as setText, show } from './dom.ts'
import { sizeText } from './words.ts'

/** Files that go with the message that is being written. */
export interface FilePicker {
  /** Chooses files; hidden where the server takes none. */
  readonly button: HTMLButtonElement
  /** What was chosen, and why something was not taken. */
  readonly list: HTMLElement
  readonly pending: PendingAttachments
  /** Takes what is pasted into a field and dropped on it. */
  readonly takeFrom: (field: HTMLElement) => void
  readonly destroy: () => void
}

export function createFilePicker({ client, say }: WidgetContext, onChange: () => void): FilePicker {
  const pending = client.attachments.pending()
  const letGo = pending.retain()
  const input = h('input', {
    type: 'file',
    multiple: true,
    hidden: true,
    onChange() {
      if (input.files) pending.add(input.files)
      input.value = ''
    },
  })
  const button = iconButton('clip', say('attach'), { hidden: true, onClick: () => input.click() })
  const rows = h('ul', { class: 'pending' })
  const wrong = h('p', { class: 'wrong', role: 'alert' })

  function rowOf(file: PendingAttachment): HTMLElement {
    const { id, name, size, status, progress, error, canRetry } = file
    const isMoving = status === 'uploading' || status === 'waiting'
    return h(
      'li',
      {},
      icon('file'),
      h('span', {}, error ? `${name}: ${error.message}` : `${name}, ${sizeText(size)}`),
      isMoving ? h('progress', { max: 1, value: progress, 'aria-label': name }) : null,
      canRetry ? retryButton(id) : null,
      iconButton('close', say('remove_file', { name }), { onClick: () => pending.remove(id) }),
    )
  }

  function retryButton(id: string): HTMLButtonElement {
    const attributes = { type: 'button', class: 'plain small', onClick: () => pending.retry(id) }
    return h('button', attributes, say('retry'))
  }

  function render(): void {
    const { attachments, canAttach, error } = pending.getSnapshot()
    show(button, canAttach)
    rows.replaceChildren(...attachments.map(rowOf))
    show(rows, attachments.length > 0)
    setText(wrong, error ? say('no_files', { reason: error.message }) : '')
  }

  const stop = pending.subscribe(() => {
    render()
    onChange()
  })
  render()
  return {
    button,
    list: h('div', {}, rows, wrong, input),
    pending,
    takeFrom(field) {
      const take = (event: Event, data: DataTransfer | null): void => {
        if (!data || data.files.length === 0 || !pending.getSnapshot().canAttach) return
        event.preventDefault()
        pending.add(data.files)
      }
      field.addEventListener('paste', (event) => take(event, event.clipboardData))
      field.addEventListener('dragover', (event) => event.preventDefault())
      field.addEventListener('drop', (event) => take(event, event.dataTransfer))
    },
    destroy() {
      stop()
      letGo()
    },
  }
}
