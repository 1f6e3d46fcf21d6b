import type { Attachment, Message } from '../entities.ts'
import type { Wire } from '../requests/wire.ts'
import type { AttachmentPlace } from './put-file.ts'

/** Where files can be fetched, kept until shortly before that ends. */
export interface Addresses {
  readonly get: (message: Message, attachment: Attachment) => Promise<string>
  /** Whether the next `get` answers what the last one did. */
  readonly has: (attachment: Attachment) => boolean
  /** The next `get` asks for another, unless the last one is new: what cannot be shown from it never will be. */
  readonly forget: (attachment: Attachment) => void
}

/** Of the five minutes of an address. Its own time is the server's, and the device's clock may be wrong. */
const keptMs = 4 * 60_000
const mostKept = 500
const newMs = 10_000

interface Known {
  readonly url: Promise<string>
  /** When it came; undefined until then. */
  at?: number
}

/** The clock may be set back meanwhile: what comes from its future is as old as any. */
const ageOf = ({ at }: Known): number => (at === undefined ? 0 : Math.abs(Date.now() - at))

export function createAddresses({ request }: Wire, place: AttachmentPlace): Addresses {
  /** The oldest first. */
  const known = new Map<string, Known>()

  async function ask({ stream, seq, _id }: Message, { upload_id }: Attachment): Promise<string> {
    const { url } = await request.get_attachment_url({ stream, seq, message_id: _id, upload_id })
    return addressOf(url, place)
  }

  function remember(upload_id: string, url: Promise<string>): Known {
    const found: Known = { url }
    known.delete(upload_id)
    known.set(upload_id, found)
    for (const oldest of known.keys()) {
      if (known.size <= mostKept) break
      known.delete(oldest)
    }
    url.then(
      () => {
        found.at = Date.now()
      },
      () => known.get(upload_id) === found && known.delete(upload_id),
    )
    return found
  }

  function fresh({ upload_id }: Attachment): Known | undefined {
    const found = known.get(upload_id)
    return found && ageOf(found) < keptMs ? found : undefined
  }

  return {
    has: (attachment) => fresh(attachment) !== undefined,
    get(message, attachment) {
      return (fresh(attachment) ?? remember(attachment.upload_id, ask(message, attachment))).url
    },
    forget({ upload_id }) {
      const found = known.get(upload_id)
      if (found && ageOf(found) > newMs) known.delete(upload_id)
    },
  }
}

/** A server that keeps files itself names a path below that of its sockets, in front of which a proxy may have another one. */
export function addressOf(url: string, { url: server, path = '/socket.io' }: AttachmentPlace): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(url)) return url
  const [place = '', query] = url.split('?')
  const own = `${path.replace(/\/$/, '')}${place.slice(place.lastIndexOf('/'))}`
  return new URL(query === undefined ? own : `${own}?${query}`, server).href
}
