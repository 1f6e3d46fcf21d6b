import type { PayloadOf } from '@dowellchat/protocol'
import { limits } from '@dowellchat/protocol'
import type { PutFile } from '../attachments/put-file.ts'
import type { Attachment, DataOf } from '../entities.ts'
import { uuid } from '../uuid.ts'
import type { FakeWorld } from './fake-world.ts'

type Created = PayloadOf<'create_upload'>

interface Upload {
  readonly attachment: Attachment
  readonly cid: string
  /** Nothing has arrived yet, all has, or it may go with a message. */
  state: 'created' | 'arrived' | 'finished'
  /** The message that names it. */
  message?: string
}

/** The addresses of a fake server. Nothing is there. */
const place = 'https://files.invalid'
const said = (data: string) => JSON.stringify({ status: 'failure', data })
const expiry = () => new Date(Date.now() + 300_000).toISOString()

/** The files of a fake server. Their bytes are kept nowhere. */
export class FakeFiles {
  readonly #world: Pick<FakeWorld, 'streams' | 'refuse'>
  readonly #uploads = new Map<string, Upload>()

  constructor(world: Pick<FakeWorld, 'streams' | 'refuse'>) {
    this.#world = world
  }

  /** What a client does in place of sending a file over the network. */
  put: PutFile = async (file, { url }, { onProgress }) => {
    const upload = this.#uploads.get(url.slice(url.lastIndexOf('/') + 1))
    if (!upload) return { status: 404, text: said('There is no such upload') }
    if (file.size !== upload.attachment.size) return { status: 400, text: said('The file has another size') }
    onProgress(1)
    if (upload.state === 'created') upload.state = 'arrived'
    return undefined
  }

  create_upload = ({ cid, ...about }: Created): DataOf<'create_upload'> => {
    const known = [...this.#uploads.values()].find((one) => one.cid === cid)
    const upload_id = known?.attachment.upload_id ?? uuid()
    if (!known) this.#uploads.set(upload_id, { attachment: { upload_id, ...about }, cid, state: 'created' })
    const headers = [{ name: 'content-type', value: about.type }]
    return { upload_id, url: `${place}/${upload_id}`, headers, expires_at: expiry() }
  }

  finish_upload = ({ upload_id }: { upload_id: string }): Attachment => {
    const upload = this.#find(upload_id)
    if (upload.state === 'created') this.#world.refuse('conflict', 'Nothing was uploaded')
    upload.state = 'finished'
    return upload.attachment
  }

  cancel_upload = ({ upload_id }: { upload_id: string }): DataOf<'cancel_upload'> => {
    const upload = this.#uploads.get(upload_id)
    if (upload?.message !== undefined) this.#world.refuse('conflict', 'A message has this file')
    this.#uploads.delete(upload_id)
    return { upload_id }
  }

  get_attachment_url = (payload: PayloadOf<'get_attachment_url'>): DataOf<'get_attachment_url'> => {
    const { upload_id } = payload
    const message = this.#world.streams.find(payload)
    const attachment = message?.attachments?.find((one) => one.upload_id === upload_id)
    if (!attachment) return this.#world.refuse('not_found', 'There is no such file')
    const url = `${place}/${upload_id}/${encodeURIComponent(attachment.name)}`
    return { url, expires_at: expiry() }
  }

  /** The files that a message names, which are its own from now on. */
  taken(cid: unknown, named: unknown): { attachments?: Attachment[] } {
    if (!Array.isArray(named)) return {}
    const uploads = named.slice(0, limits.attachments).map(({ upload_id }) => this.#find(upload_id))
    for (const upload of uploads) {
      const isFree = upload.message === undefined || upload.message === cid
      if (upload.state !== 'finished' || !isFree)
        this.#world.refuse('conflict', 'The file is not uploaded, or another message has it')
    }
    for (const upload of uploads) upload.message = String(cid)
    return { attachments: uploads.map(({ attachment }) => attachment) }
  }

  #find(upload_id: string): Upload {
    return this.#uploads.get(upload_id) ?? this.#world.refuse('not_found', `There is no upload ${upload_id}`)
  }
}
