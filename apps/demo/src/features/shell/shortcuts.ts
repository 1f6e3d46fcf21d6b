/** What keys do, as the help shows it. */
export interface Shortcut {
  readonly keys: readonly string[]
  readonly does: string
}

export interface ShortcutGroup {
  readonly title: string
  readonly shortcuts: readonly Shortcut[]
}

export const shortcutGroups: readonly ShortcutGroup[] = [
  {
    title: 'Everywhere',
    shortcuts: [
      { keys: ['?'], does: 'Show this help' },
      { keys: ['Ctrl', 'Shift', 'F'], does: 'Search messages' },
      { keys: ['/'], does: 'Search messages, outside of text fields' },
      { keys: ['Escape'], does: 'Close what is open' },
    ],
  },
  {
    title: 'In the chat',
    shortcuts: [
      { keys: ['Alt', '↓'], does: 'Next room' },
      { keys: ['Alt', '↑'], does: 'Previous room' },
      { keys: ['Ctrl', 'K'], does: 'Find or join a room' },
    ],
  },
  {
    title: 'In a list of tickets',
    shortcuts: [
      { keys: ['↑', '↓'], does: 'Go through the tickets' },
      { keys: ['Enter'], does: 'Open the ticket' },
    ],
  },
  {
    title: 'In the message box',
    shortcuts: [
      { keys: ['Enter'], does: 'Send' },
      { keys: ['Shift', 'Enter'], does: 'New line' },
      { keys: ['@'], does: 'Mention somebody' },
      { keys: ['↑'], does: 'Edit what you wrote last, while the box is empty' },
      { keys: ['Escape'], does: 'Stop editing or answering' },
    ],
  },
  {
    title: 'In the list of messages',
    shortcuts: [
      { keys: ['↑', '↓'], does: 'Go through the messages' },
      { keys: ['Home'], does: 'Go to the first message of all' },
      { keys: ['End'], does: 'Go to the latest' },
      { keys: ['Enter'], does: 'Everything that can be done with a message' },
      { keys: ['R'], does: 'Reply' },
      { keys: ['T'], does: 'Open the thread' },
      { keys: ['+'], does: 'React' },
      { keys: ['E'], does: 'Edit your message' },
      { keys: ['S'], does: 'Stop an answer that is still being written' },
      { keys: ['Delete'], does: 'Delete your message' },
    ],
  },
]

/** How a text is written to look other than plain. */
export const textMarks: readonly (readonly [string, string])[] = [
  ['**bold**', 'Bold'],
  ['*slanted*', 'Slanted'],
  ['~~struck~~', 'Struck out'],
  ['`code`', 'Code'],
  ['```', 'A block of code, up to the next ```'],
  ['> text', 'A quote'],
  ['- text', 'A list; with 1. numbered'],
  ['[words](https://…)', 'A link'],
]
