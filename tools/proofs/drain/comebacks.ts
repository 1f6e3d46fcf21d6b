import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createChatClient } from '../../../packages/client/src/index.ts'
import { openSocket } from '../../../packages/server/src/testing/test-socket.ts'
import type { Program } from '../stores/server-process.ts'
import { enterShop, shopKey, startShop } from './shop-server.ts'
import { openProxy } from './switching-proxy.ts'

export interface ComebackPlan {
  readonly program: Program
  readonly plain: number
  readonly sdk: number
}

export interface ComebackFigures {
  readonly plain: number
  readonly sdk: number
  readonly back: number
  /** SDK clients that have what is said in their room afterwards. */
  readonly level: number
  readonly exitCode: number | null
  readonly exitMs: number
  /** From the signal to the last client. */
  readonly lastMs: number
  /** How long clients are away, the median and the longest. */
  readonly darkMs: { readonly p50: number; readonly p95: number; readonly most: number }
  /** Clients that come back within the busiest second, and on average over all seconds from the first to the last. */
  readonly busiestSecond: number
  readonly meanSecond: number
  readonly ratio: number
  readonly problems: readonly string[]
}

/** A client, and when it was away. */
interface Guest {
  readonly isOnWebSocket: () => boolean
  leftMs: number
  backMs: number
  readonly hasHeard: (text: string) => boolean
  readonly close: () => void
}

const rooms = 20
const deadlineMs = 120_000

/** Stops a server whose clients come in through a proxy, which sends them to another server. */
export async function comeBack({ program, plain, sdk }: ComebackPlan): Promise<ComebackFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'dowellchat-drain-'))
  const first = await startShop(program, join(folder, 'first'))
  const second = await startShop(program, join(folder, 'second'))
  const proxy = await openProxy(first.url)
  const guests: Guest[] = []
  try {
    for (let n = 0; n < Math.max(plain, sdk); n++) {
      if (n < plain) guests.push(plainGuest(proxy.url, n))
      if (n < sdk) guests.push(sdkGuest(proxy.url, n))
      if (n % 10 === 0) await pause(50)
    }
    const isIn = ({ isOnWebSocket }: Guest): boolean => isOnWebSocket()
    await until(
      () => guests.every(isIn),
      () => `Only ${guests.filter(isIn).length} are in`,
    )
    const signalMs = performance.now()
    proxy.switchTo(second.url)
    first.signal('SIGTERM')
    const exitCode = await first.exited(deadlineMs)
    const exitMs = performance.now() - signalMs
    const problems = await problemOf(
      () => guests.every(({ backMs }) => backMs > signalMs),
      'Not all are back',
    )
    const level = await countLevel(second.url, guests, sdk)
    const figures = figuresOf(guests, signalMs)
    const exit = { exitCode, exitMs: Math.round(exitMs) }
    const wrong = [...problems, ...first.problems, ...(exitCode === 0 ? [] : [`exit code ${exitCode}`])]
    return { plain, sdk, ...figures, level, ...exit, problems: wrong }
  } finally {
    for (const { close } of guests) close()
    proxy.close()
    await Promise.all([first.stop('SIGKILL'), second.stop('SIGTERM')])
    rmSync(folder, { recursive: true, force: true })
  }
}

function plainGuest(url: string, n: number): Guest {
  // Half of them as socket.io comes: polling first, then a WebSocket.
  const transports = n % 2 === 0 ? ['websocket'] : ['polling', 'websocket']
  const auth = { protocol: 1, device_id: randomUUID(), ...shopKey, user_id: `plain ${n}` }
  const options = { transports, auth, reconnection: true }
  const { socket } = openSocket(url, options, { kept: () => undefined })
  const guest: Guest = {
    isOnWebSocket: () => socket.connected && socket.io.engine.transport.name === 'websocket',
    leftMs: 0,
    backMs: 0,
    hasHeard: () => false,
    close: () => void socket.disconnect(),
  }
  socket.on('connect', () => {
    guest.backMs = performance.now()
  })
  socket.on('disconnect', () => {
    guest.leftMs ||= performance.now()
  })
  return guest
}

function sdkGuest(url: string, n: number): Guest {
  const client = createChatClient({ url, auth: { ...shopKey, user_id: `sdk ${n}` } })
  const room = client.rooms.messages(`room ${n % rooms}`)
  const leave = room.retain()
  const guest: Guest = {
    isOnWebSocket: () => room.getSnapshot().sync === 'live',
    leftMs: 0,
    backMs: 0,
    hasHeard: (text) => room.getSnapshot().messages.some(({ message }) => message.message_data === text),
    close() {
      leave()
      client.close()
    },
  }
  client.connection.subscribe(() => {
    const { status } = client.connection.getSnapshot()
    if (status === 'offline') guest.leftMs ||= performance.now()
    if (status === 'online' && (guest.backMs === 0 || guest.leftMs > guest.backMs))
      guest.backMs = performance.now()
  })
  client.connect()
  return guest
}

/** Says something in each room, and counts who gets it. */
async function countLevel(url: string, guests: readonly Guest[], sdk: number): Promise<number> {
  const sender = await enterShop(url, 'sender')
  const text = 'Is everybody back?'
  for (let n = 0; n < Math.min(rooms, sdk); n++)
    await sender.request('message_event', { room_id: `room ${n}`, message_data: text, cid: randomUUID() })
  const heard = (): number => guests.filter(({ hasHeard }) => hasHeard(text)).length
  await problemOf(() => heard() === sdk, '')
  sender.socket.disconnect()
  return heard()
}

type Times = Pick<ComebackFigures, 'back' | 'lastMs' | 'darkMs' | 'busiestSecond' | 'meanSecond' | 'ratio'>

function figuresOf(guests: readonly Guest[], signalMs: number): Times {
  const there = guests.filter(({ backMs }) => backMs > signalMs)
  const times = there.map(({ backMs }) => backMs - signalMs).sort((a, b) => a - b)
  const dark = there.map(({ leftMs, backMs }) => backMs - leftMs).sort((a, b) => a - b)
  const [first = 0, last = 0] = [times[0], times.at(-1)]
  const busiestSecond = Math.max(
    ...times.map((from, at) => times.findLastIndex((time) => time < from + 1_000) - at + 1),
  )
  const meanSecond = times.length / ((last - first) / 1_000)
  const share = (part: number): number => Math.round(dark[Math.floor(part * (dark.length - 1))] ?? 0)
  return {
    back: there.length,
    lastMs: Math.round(last),
    darkMs: { p50: share(0.5), p95: share(0.95), most: share(1) },
    busiestSecond,
    meanSecond: Math.round(meanSecond),
    ratio: Math.round((busiestSecond / meanSecond) * 100) / 100,
  }
}

async function until(isSo: () => boolean, problem: () => string): Promise<void> {
  if ((await problemOf(isSo, '')).length > 0) throw new Error(problem())
}

async function problemOf(isSo: () => boolean, problem: string): Promise<string[]> {
  for (const end = performance.now() + deadlineMs; !isSo(); await pause(20))
    if (performance.now() > end) return [problem]
  return []
}
