import type { PendingAttachment, PendingAttachments } from '../attachments/pending-state.ts'
import type { WidgetContext } from './context.ts'
import { h, icon, iconButton, say as setText, show } from './dom.ts'
import { failureText, sizeText } from './words.ts'

/** Files that go with the message that is being written. */
export interface FilePicker {
  /** Chooses files; hidden where the server takes none. */
  readonly button: HTMLButtonElement
  /** What was chosen, and why something was not taken. */
  readonly list: HTMLElement
  readonly pending: PendingAttachments
  /** Takes what is pasted into a field and dropped on it. */
  readonly takeFrom: (field: HTMLTextAreaElement) => void
  readonly destroy: () => void
}

interface FileRow {
  readonly element: HTMLElement
  readonly draw: (file: PendingAttachment) => void
}

/** @param key whose files they are: of a conversation, or of the form */
export function createFilePicker(
  { unsent, say }: WidgetContext,
  key: string,
  onChange: () => void,
): FilePicker {
  const pending = unsent.files(key)
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

  /** By id: a row stays while its file is uploaded, so that its button can be pressed and keeps the focus. */
  const shown = new Map<string, FileRow>()

  function createRow({ id, name, size }: PendingAttachment): FileRow {
    const text = h('span')
    const done = h('progress', { max: 1, 'aria-label': name })
    const attributes = { type: 'button', class: 'plain small', onClick: () => pending.retry(id) }
    const retry = h('button', attributes, say('retry'))
    const remove = iconButton('close', say('remove_file', { name }), {
      onClick() {
        pending.remove(id)
        button.focus()
      },
    })
    return {
      element: h('li', {}, icon('file'), text, done, retry, remove),
      draw({ status, progress, error, canRetry }) {
        setText(text, error ? `${name}: ${failureText(say, error)}` : `${name}, ${sizeText(size)}`)
        done.value = progress
        show(done, status === 'uploading' || status === 'waiting')
        show(retry, canRetry)
      },
    }
  }

  function renderRows(files: readonly PendingAttachment[]): void {
    for (const [id, { element }] of shown) {
      if (files.some((file) => file.id === id)) continue
      element.remove()
      shown.delete(id)
    }
    for (const file of files) {
      const row = shown.get(file.id) ?? createRow(file)
      shown.set(file.id, row)
      row.draw(file)
      if (!rows.contains(row.element)) rows.append(row.element)
    }
  }

  function render(): void {
    const { attachments, canAttach, error } = pending.getSnapshot()
    show(button, canAttach)
    renderRows(attachments)
    show(rows, attachments.length > 0)
    setText(wrong, error ? say('no_files', { reason: failureText(say, error) }) : '')
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
        if (!data || data.files.length === 0 || field.readOnly || !pending.getSnapshot().canAttach) return
        event.preventDefault()
        pending.add(data.files)
      }
      field.addEventListener('paste', (event) => take(event, event.clipboardData))
      field.addEventListener('dragover', (event) => event.preventDefault())
      field.addEventListener('drop', (event) => take(event, event.dataTransfer))
    },
    destroy: stop,
  }
}
