/** What a visitor has written and not sent, by conversation; under '' what they have written in the form. */
export type Unsent = Map<string, string>

/** Fills a field with what was written in it before, and keeps what is written from now on. */
export function keepWritten(field: HTMLTextAreaElement, unsent: Unsent, key: string): void {
  field.value = unsent.get(key) ?? ''
  field.addEventListener('input', () => {
    if (field.value === '') unsent.delete(key)
    else unsent.set(key, field.value)
  })
}
