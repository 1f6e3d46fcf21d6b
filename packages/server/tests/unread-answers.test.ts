import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { readdirSync, readlinkSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { begin, filesIn, openFileChat, put } from './support/files.ts'
import { openHttp } from './support/own-http.ts'
import { temporaryFolder } from './support/server-process.ts'
import { httpText } from './support/tcp.ts'

/** More than the system takes for a connection that nobody reads. */
const large = 16 * 1024 * 1024
/** The largest page that is kept in memory. */
const kept = 8 * 1024 * 1024
const limits = { httpSilenceMs: 4_000 }

function pagesFolder(): string {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'index.html'), 'A page')
  writeFileSync(join(folder, 'large.bin'), Buffer.alloc(large, 'x'))
  writeFileSync(join(folder, 'kept.bin'), Buffer.alloc(kept, 'x'))
  return folder
}

/** The server's ends of all connections that ask for something from now on. */
function servedSockets(): ReadonlySet<Socket> {
  const sockets = new Set<Socket>()
  const onStart = (message: unknown): void => void sockets.add((message as { socket: Socket }).socket)
  subscribe('http.server.request.start', onStart)
  onTestFinished(() => void unsubscribe('http.server.request.start', onStart))
  return sockets
}

function openOf(sockets: ReadonlySet<Socket>): Socket[] {
  return [...sockets].filter(({ destroyed }) => !destroyed)
}

/** A connection that asks for something, of which nothing is read yet. */
async function openUnread(url: string, path: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => undefined)
  socket.pause()
  await new Promise<void>((resolve) => socket.once('connect', resolve))
  socket.write(httpText(path))
  return socket
}

/** Goes on asking, behind the answer that it does not read. */
function goOnAsking(socket: Socket): void {
  const timer = setInterval(() => socket.writable && socket.write(httpText('/health')), 100)
  onTestFinished(() => clearInterval(timer))
}

/** The files of a folder that this process has open. */
function openFilesIn(folder: string): string[] {
  const places = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`)
    } catch {
      return ''
    }
  })
  return places.filter((place) => place.startsWith(`${folder}/`))
}

/** Reads an answer a bit at a time, far more slowly than it comes; answers how many bytes it had. */
async function readSlowly(socket: Socket, isEnough: (bytes: number) => boolean): Promise<number> {
  let bytes = 0
  while (!isEnough(bytes) && !(socket.closed || socket.readableEnded)) {
    bytes += ((socket.read(256 * 1024) ?? socket.read()) as Buffer | null)?.length ?? 0
    await pause(150)
  }
  return bytes
}

async function openFile(options: Parameters<typeof openFileChat>[0] = {}) {
  const chat = await openFileChat({ limits, ...options })
  const ann = await chat.connect('ann')
  const bytes = Buffer.alloc(large, 'x')
  const begun = await begin(ann, bytes, { name: 'a.txt', type: 'text/plain' })
  expect((await put(chat, begun, bytes)).status).toBe(201)
  const attachment = await ann.request('finish_upload', { upload_id: begun.upload_id })
  const { upload_id } = attachment
  const message = { room_id: 'garden', message_data: '', cid: upload_id, attachments: [{ upload_id }] }
  const { _id, seq } = await ann.request('message_event', message)
  const { url } = await ann.request('get_attachment_url', {
    ...{ stream: 'room:garden', seq, message_id: _id, upload_id },
  })
  return { chat, ann, path: url }
}

const isSettled = { timeout: 30_000 }

describe('an answer that nobody reads', () => {
  it.each(['/large.bin', '/kept.bin'])(
    '[HO9] is ended with its connection and its file: %s',
    async (path) => {
      const pages = pagesFolder()
      const { url } = await openFileChat({ pages, limits })
      const served = servedSockets()
      await openUnread(url, path)
      goOnAsking(await openUnread(url, path))
      await expect.poll(() => served.size, isSettled).toBe(2)
      await expect.poll(() => openOf(served), isSettled).toEqual([])
      await expect.poll(() => openFilesIn(pages), isSettled).toEqual([])
      expect((await fetch(url)).status).toBe(200)
    },
  )

  it.each(['own', 'a team’s'])(
    '[HO9] is ended where it is a file of a message, on %s http server',
    async (whose) => {
      const http = whose === 'own' ? undefined : (await openHttp()).http
      const { chat, path } = await openFile(http && { http })
      const served = servedSockets()
      await openUnread(chat.url, path)
      goOnAsking(await openUnread(chat.url, path))
      await expect.poll(() => served.size, isSettled).toBe(2)
      await expect.poll(() => openOf(served), isSettled).toEqual([])
      await expect.poll(() => openFilesIn(chat.folder), isSettled).toEqual([])
      expect(await filesIn(chat.folder)).toEqual([large])
    },
  )

  it('[HO9] that is read slowly is not ended', async () => {
    const { chat, path } = await openFile({ pages: pagesFolder() })
    const read = ['/large.bin', '/kept.bin', path].map(async (one) => {
      const size = one === '/kept.bin' ? kept : large
      return (await readSlowly(await openUnread(chat.url, one), (bytes) => bytes > size)) > size
    })
    expect(await Promise.all(read)).toEqual([true, true, true])
  })

  it('[HO9] is not that of a socket, to which nothing is said', async () => {
    const { chat, ann, path } = await openFile()
    const quiet = await Promise.all(
      ['polling', 'websocket'].map((transport) => chat.connect(transport, {}, { transports: [transport] })),
    )
    for (const socket of quiet) await socket.request('join', { room: 'garden' })
    const served = servedSockets()
    await openUnread(chat.url, path)
    await expect.poll(() => served.size > openOf(served).length, isSettled).toBe(true)
    const cid = crypto.randomUUID()
    await ann.request('message_event', { room_id: 'garden', message_data: 'Hello', cid })
    for (const { frames } of quiet)
      await expect.poll(() => JSON.stringify(frames), isSettled).toContain('"Hello"')
    expect(quiet.flatMap(({ frames }) => frames.filter(([event]) => event === 'disconnect'))).toEqual([])
  })
})
