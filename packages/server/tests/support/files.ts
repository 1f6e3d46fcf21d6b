import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Attachment, DataOf, PayloadOf } from '@dowellchat/protocol'
import { onTestFinished } from 'vitest'
import { folderAttachments } from '../../src/attachments/folder/folder-attachments.ts'
import type { ChatServerOptions } from '../../src/chat-server.ts'
import { openChat, type TestChat, type TestSocket } from '../../src/testing/connect.ts'

/** A PNG of one pixel. */
export const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
)

/** A folder of the test's own. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dowellchat-files-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A server that keeps files in a folder. */
export async function openFileChat(
  options: Partial<ChatServerOptions> = {},
): Promise<TestChat & { folder: string }> {
  const folder = await newFolder()
  const chat = await openChat(onTestFinished, { attachments: folderAttachments({ folder }), ...options })
  return { ...chat, folder }
}

/** The sizes of all files in a folder, temporary ones too. */
export async function filesIn(folder: string): Promise<number[]> {
  const names = await readdir(folder, { recursive: true })
  const found = await Promise.all(names.map((name) => stat(join(folder, name)).catch(() => undefined)))
  return found.flatMap((one, at) => (one?.isFile() && !names[at]?.startsWith('.secret') ? one.size : []))
}

type Begun = DataOf<'create_upload'>

/** Begins an upload of some bytes; what is said of them may lie. */
export function begin(
  socket: TestSocket,
  bytes: Uint8Array,
  said: Partial<PayloadOf<'create_upload'>> = {},
): Promise<Begun> {
  const file = { name: 'cat.png', type: 'image/png', size: bytes.length }
  return socket.request('create_upload', { ...file, cid: randomUUID(), ...said })
}

/** Sends bytes to where an upload's have to go. */
export function put(
  { url }: Pick<TestChat, 'url'>,
  { url: to, headers }: Pick<Begun, 'url' | 'headers'>,
  bytes: Uint8Array<ArrayBuffer>,
  others: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const all = { ...Object.fromEntries(headers.map(({ name, value }) => [name, value])), ...others }
  return fetch(new URL(to, url), { method: 'PUT', body: new Blob([bytes]), headers: all })
}

/** Uploads some bytes whole. */
export async function upload(
  chat: Pick<TestChat, 'url'>,
  socket: TestSocket,
  bytes: Uint8Array<ArrayBuffer> = Buffer.from(png),
  said: Partial<PayloadOf<'create_upload'>> = {},
): Promise<Attachment> {
  const begun = await begin(socket, bytes, said)
  const answer = await put(chat, begun, bytes)
  if (!answer.ok) throw new Error(`The upload was refused: ${answer.status} ${await answer.text()}`)
  return socket.request('finish_upload', { upload_id: begun.upload_id })
}

/** Sends files to a room, without a text unless one is given. */
export function sendFiles(
  socket: TestSocket,
  room_id: string,
  files: readonly Pick<Attachment, 'upload_id'>[],
  more: Partial<PayloadOf<'message_event'>> = {},
) {
  const attachments = files.map(({ upload_id }) => ({ upload_id }))
  return socket.request('message_event', {
    room_id,
    message_data: '',
    cid: randomUUID(),
    attachments,
    ...more,
  })
}
