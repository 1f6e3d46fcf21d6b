/** What the bubble says, which is there before all else. */
export const bubbleTexts = {
  open: 'Open the chat',
  close: 'Close the chat',
  unread: 'Open the chat, {count} new',
  not_loaded: 'The chat could not be loaded. Try again',
} as const

/** What stands in the places of a text. */
export type Filled = Readonly<Record<string, string | number>>

export function fill(text: string, values: Filled = {}): string {
  return text.replace(/\{(\w+)\}/g, (all, key: string) => (key in values ? String(values[key]) : all))
}
