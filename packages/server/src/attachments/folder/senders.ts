import type { IncomingMessage } from 'node:http'
import { afterTurns } from '../../time.ts'
import type { AttachmentHost, FileKey } from '../attachment-store.ts'
import { Aborted, Refusal } from './refusal.ts'

/** A sender is watched for so long whose upload comes once more: it sends in that time, or has lost its connection. */
const watchedMs = 1_000
const soon = { 'retry-after': '2' }

/** Whoever sends the bytes of an upload. */
export interface Sender {
  readonly request: IncomingMessage
  readonly network: string
  /** How many bytes have come. */
  received: number
}

type SenderHost = Pick<AttachmentHost, 'uploadsAtOnce' | 'addressUploadsAtOnce' | 'networkOf'>

/** Those who send uploads at the moment: one for each upload, and no more in all and from one network than may. */
export class Senders {
  readonly #host: SenderHost
  readonly #byUpload = new Map<string, Sender>()

  constructor(host: SenderHost) {
    this.#host = host
  }

  /** @throws Refusal if there is no place, or the same upload is being sent already */
  async add(request: IncomingMessage, file: FileKey): Promise<Sender> {
    const sender = { request, network: this.#host.networkOf(request), received: 0 }
    await this.#replaceLost(sender, file)
    this.#expectPlace(sender)
    this.#byUpload.set(keyOf(file), sender)
    return sender
  }

  remove(sender: Sender, file: FileKey): void {
    if (this.#byUpload.get(keyOf(file)) === sender) this.#byUpload.delete(keyOf(file))
  }

  /** Clients send a file again whose connection was cut, and take a refusal as final; the server may not know of the cut yet. */
  async #replaceLost({ request }: Sender, file: FileKey): Promise<void> {
    const first = this.#byUpload.get(keyOf(file))
    if (!first) return
    const before = first.received
    await new Promise<void>((resolve) => afterTurns(resolve, watchedMs))
    if (request.destroyed) throw new Aborted()
    const now = this.#byUpload.get(keyOf(file))
    if (!now) return
    if (now !== first || now.received !== before) throw underWay()
    first.request.destroy()
    this.remove(first, file)
  }

  #expectPlace({ network }: Sender): void {
    const all = [...this.#byUpload.values()]
    if (all.length >= this.#host.uploadsAtOnce)
      throw new Refusal(503, 'The server receives too many files: try again', soon)
    // Not 429, which clients take as final.
    if (all.filter((one) => one.network === network).length >= this.#host.addressUploadsAtOnce)
      throw new Refusal(503, 'The server receives too many files from this address: try again', soon)
  }
}

/** Neither id has a slash. */
function keyOf({ workspace_id, upload_id }: FileKey): string {
  return `${workspace_id}/${upload_id}`
}

function underWay(): Refusal {
  return new Refusal(409, 'The file is being sent already: wait until it is here, or begin another upload')
}
