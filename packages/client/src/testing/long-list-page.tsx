import { memo, useEffect, useState } from 'react'
import { createRoot } from 'react-dom/client'
import type { MessageRow } from '../index.ts'
import { createChatClient } from '../index.ts'
import { ChatProvider, useMessages } from '../react/index.ts'

/** A page with a long list of which it renders the end; runs in the page. */
export interface LongListPage {
  /** Opens the room and loads older messages until no more are kept; resolves to how many there are. */
  open(url: string, room: string): Promise<number>
  /** What has happened since it was last asked. */
  take(): { readonly longTasks: number; readonly longTaskMs: number; readonly rowRenders: number }
  /** The text of the last message that is rendered. */
  last(): string | undefined
}

declare global {
  interface Window {
    longList: LongListPage
  }
}

const shown = 40
const rowPx = 24
let taken = { longTasks: 0, longTaskMs: 0, rowRenders: 0 }

new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) {
    taken.longTasks += 1
    taken.longTaskMs += duration
  }
}).observe({ type: 'longtask' })

const Row = memo(({ row, top }: { row: MessageRow; top: number }) => {
  taken.rowRenders += 1
  return <p style={{ position: 'absolute', top, height: rowPx, margin: 0 }}>{row.message.message_data}</p>
})

/** Renders the end of the list: each row has its place among all, so that a new message moves no other. */
function List({ room, onLoaded }: { room: string; onLoaded: (count: number) => void }) {
  const { messages, status, hasOlder, loadOlder } = useMessages(room)
  const [isLoaded, setLoaded] = useState(false)
  useEffect(() => {
    if (status !== 'ready' || isLoaded) return
    if (hasOlder) return void loadOlder()
    setLoaded(true)
    onLoaded(messages.length)
  })
  const first = messages.length - shown
  return (
    <div style={{ position: 'relative', height: messages.length * rowPx }}>
      {messages.slice(-shown).map((row, n) => (
        <Row key={row.key} row={row} top={(first + n) * rowPx} />
      ))}
    </div>
  )
}

window.longList = {
  open(url, room) {
    const auth = { workspace_id: 'demo', api_key: 'demo-key', user_id: 'reader' }
    const client = createChatClient({ url, auth })
    const root = document.createElement('main')
    document.body.append(root)
    return new Promise((resolve) =>
      createRoot(root).render(
        <ChatProvider client={client}>
          <List room={room} onLoaded={resolve} />
        </ChatProvider>,
      ),
    )
  },
  take() {
    const now = taken
    taken = { longTasks: 0, longTaskMs: 0, rowRenders: 0 }
    return now
  },
  last: () => [...document.querySelectorAll('p')].at(-1)?.textContent ?? undefined,
}
