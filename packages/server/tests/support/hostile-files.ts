import type { TestSocket } from '../../src/testing/connect.ts'
import { begin, png, put, sendFiles } from './files.ts'

const bytes = Buffer.from(png)

/** What a file does where it runs: it asks a server that counts. */
export const script = (beacon: string) => `fetch('${beacon}/ran');try{top.ran=1}catch(e){}`

/** A file that lies about itself, or would run if anybody let it. */
export interface HostileFile {
  readonly type: string
  readonly name: string
  readonly body: Buffer<ArrayBuffer>
  /** Whether it is what it is said to be. */
  readonly taken: boolean
}

/** Files that lie about themselves, or would run if anybody let them: what they are said to be, and whether that is taken. */
export function hostileFiles(beacon: string): Readonly<Record<string, HostileFile>> {
  const run = script(beacon)
  const html = `<!doctype html><script>${run}</script><img src=x onerror="${run}">`
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" onload="${run}"><script>${run}</script></svg>`
  const of = (type: string, text: string | Buffer, name = 'x.png', taken = true) => ({
    ...{ type, name, taken },
    body: Buffer.concat([Buffer.from(text)]),
  })
  const refused = (type: string, text: string | Buffer) => of(type, text, 'x.png', false)
  const executable = Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200)])
  return {
    'a page that is said to be a picture': refused('image/png', html),
    'a vector graphic that is said to be a picture': refused('image/png', svg),
    'a program that is said to be a photo': refused('image/jpeg', executable),
    'a program that is said to be a text': refused('text/plain', executable),
    'a picture that is said to be a text': refused('text/plain', bytes),
    'a script that is said to be a sound': refused('audio/mpeg', run),
    'a vector graphic with a script': of('image/svg+xml', svg, 'x.svg'),
    'a page': of('text/html', html, 'x.html'),
    'a page in XML': of(
      'application/xhtml+xml',
      `<html xmlns="http://www.w3.org/1999/xhtml"><script>${run}</script></html>`,
      'x.xhtml',
    ),
    'a script': of('text/javascript', run, 'x.js'),
    'a style sheet': of('text/css', `body{background:url(${beacon}/ran)}`, 'x.css'),
    'a picture with a page behind it': of('image/png', Buffer.concat([bytes, Buffer.from(html)])),
    'a picture that is a script': of('image/gif', `GIF89a=1;${run}//`, 'x.gif'),
    'bytes of no type': of('application/octet-stream', html, 'x.html'),
    'a name that would end a header': of('image/png', bytes, 'a"; filename="x.html'),
  }
}

/** Uploads a file, and answers what its sender is told. */
export async function tried(chat: { url: string }, socket: TestSocket, file: HostileFile) {
  const { body, type, name } = file
  const begun = await begin(socket, body, { type, name })
  await put(chat, begun, body)
  const done = await socket.ask('finish_upload', { upload_id: begun.upload_id })
  return { upload_id: begun.upload_id, told: done.status === 'success' ? 'taken' : done.error.message }
}

export async function addressOf(
  chat: { url: string },
  socket: TestSocket,
  upload_id: string,
): Promise<string> {
  const { seq, _id: message_id } = await sendFiles(socket, 'garden', [{ upload_id }])
  const target = { stream: 'room:garden', seq, message_id, upload_id }
  return new URL((await socket.request('get_attachment_url', target)).url, chat.url).href
}
