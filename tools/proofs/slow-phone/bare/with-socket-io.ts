import { io } from 'socket.io-client'
import { type Line, onSend, show } from './view.ts'

// The same exchange as the SDK's, with none of what it does beside it: no queue, no order, no catching up, no checks.
interface Entry {
  readonly cid: string
  readonly message_data: string
}

const socket = io({
  auth: { guest: true, workspace_id: 'demo', protocol: 1, device_id: crypto.randomUUID() },
})
const lines = new Map<string, Line>()

socket.on('connect', async () => {
  const { data } = await socket.emitWithAck('join', { room: 'lobby', limit: 50 })
  take(data.entries)
})
socket.on('entries', ({ entries }: { entries: readonly Entry[] }) => take(entries))
onSend(async (message_data) => {
  const cid = crypto.randomUUID()
  lines.set(cid, { text: message_data, isSent: false })
  show([...lines.values()])
  const { data } = await socket.emitWithAck('message_event', { room_id: 'lobby', message_data, cid })
  take([data])
})

function take(entries: readonly Entry[]): void {
  for (const { cid, message_data } of entries) lines.set(cid, { text: message_data, isSent: true })
  show([...lines.values()])
}
