import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { folderAttachments } from '../src/attachments/folder/folder-attachments.ts'
import { unnamedMs } from '../src/attachments/sweeping.ts'
import { begin, filesIn, newFolder, png, put, sendFiles, upload } from './support/files.ts'
import { describeTwoServers } from './support/two-servers.ts'

const bytes = Buffer.from(png)
const cid = () => randomUUID()

describeTwoServers('two servers on one MongoDB and one folder', ({ newUrl, openOne }) => {
  it('[FI17] share files: either takes, checks, serves and removes what the other has begun', async () => {
    const folder = await newFolder()
    const url = newUrl()
    const open = () => openOne(url, 30_000, { attachments: folderAttachments({ folder }) })
    const [east, west] = [await open(), await open()]
    const [annEast, annWest, ben] = [
      await east.connect('ann'),
      await west.connect('ann'),
      await west.connect('ben'),
    ]
    await ben.request('join', { room: 'garden' })
    const begun = await begin(annEast, bytes)
    expect((await put(west, begun, bytes)).status).toBe(201)
    expect((await put(east, begun, bytes)).status).toBe(409)
    const file = await annWest.request('finish_upload', { upload_id: begun.upload_id })

    const send = (socket: typeof annEast, n: number) =>
      socket.ask('message_event', {
        ...{ room_id: 'garden', message_data: `${n}`, cid: cid() },
        attachments: [{ upload_id: file.upload_id }],
      })
    const tries = await Promise.all([1, 2, 3, 4].map((n) => send(n % 2 ? annEast : annWest, n)))
    const codes = tries.map((one) => (one.status === 'success' ? 'sent' : one.error.code)).toSorted()
    expect(codes).toEqual(['conflict', 'conflict', 'conflict', 'sent'])
    const [entry] = (await ben.first('entries', ({ entries }) => entries.length > 0)).entries
    expect(entry).toMatchObject({ type: 'message', attachments: [file] })
    const { seq, _id: message_id } = entry as { seq: number; _id: string }
    const target = { stream: 'room:garden', seq, message_id }
    const address = await ben.request('get_attachment_url', { ...target, upload_id: file.upload_id })
    const status = async () => (await fetch(new URL(address.url, east.url))).status
    expect(await status()).toBe(200)
    await annEast.request('delete_message', { ...target, cid: cid() })
    expect(await ben.refusal('get_attachment_url', { ...target, upload_id: file.upload_id })).toBe(
      'not_found',
    )
    await expect.poll(status, { timeout: 15_000 }).toBe(404)

    // A server that is killed between naming a file and storing its message leaves a file that nothing shows.
    const lost = await upload(east, annEast)
    const kept = await upload(west, annEast, Buffer.concat([bytes, bytes]))
    await sendFiles(annWest, 'garden', [kept])
    await nameOnly(url, lost.upload_id)
    expect(await annEast.refusal('cancel_upload', { upload_id: lost.upload_id })).toBe('conflict')
    await east.server.clock.advance(2 * unnamedMs)
    await expect.poll(() => filesIn(folder), { timeout: 15_000 }).toEqual([kept.size])
  })

  async function nameOnly(url: string, upload_id: string): Promise<void> {
    const { mongoStore } = await import('../src/stores/mongo/index.ts')
    const store = await mongoStore({ url })
    const at = new Date().toISOString()
    const message = { stream: 'room:garden', author: 'ann', cid: cid(), at, due_at: at }
    await store.uploads.name('demo', { upload_ids: [upload_id], user_ids: ['ann'], ...message })
    await store.close()
  }
})
