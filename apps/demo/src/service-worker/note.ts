/** What a notification says, and which page it opens. */
export interface Note {
  readonly title: string
  readonly body: string
  /** A newer one with the same takes its place. */
  readonly tag: string
  readonly path: string
  readonly isCall: boolean
}

const unreadable: Note = { title: 'dowellchat', body: 'You have news', tag: 'news', path: '/', isCall: false }

/** Reads what was pushed. Something is always shown: browsers end subscriptions whose pushes show nothing. */
export function readNote(text: string): Note {
  const { kind, title, body, tag, stream, caller } = parsed(text)
  if (typeof title !== 'string' || title === '') return unreadable
  return {
    title,
    body: typeof body === 'string' ? body : '',
    tag: typeof tag === 'string' ? tag : unreadable.tag,
    path: kind === 'call' ? pathTo('/calls', caller) : pathOf(stream),
    isCall: kind === 'call',
  }
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}

/** The page of a stream: `room:lobby`, `ticket:<id>`. That of a thread is not known here. */
function pathOf(stream: unknown): string {
  const [, kind, name] = /^(room|ticket):(.+)$/s.exec(String(stream)) ?? []
  return pathTo(kind === 'ticket' ? '/tickets' : '/chat', name)
}

function pathTo(page: string, name: unknown): string {
  return typeof name === 'string' && name !== '' ? `${page}/${encodeURIComponent(name)}` : page
}
