import { openLink as openTestLink } from '@dowellchat/server/testing'
import { onTestFinished } from 'vitest'

/** A connection to a server that can be cut, and stays down until it is mended. */
export interface Link {
  readonly url: string
  readonly cut: () => void
  readonly mend: () => void
  /** Takes nothing from the server any more, and passes on what clients send. */
  readonly stall: () => void
  /** Takes everything again. */
  readonly flow: () => void
  /** Loses one packet of the server's, the next with this text in it. Resolves when it is lost. */
  readonly lose: (text: string) => Promise<void>
}

/** Opens a link to a server of this machine, or to whichever one the function names by then; it ends with the test. */
export async function openLink(server: string | (() => string)): Promise<Link> {
  const link = await openTestLink(server)
  onTestFinished(() => link.close())
  return {
    url: link.url,
    cut: () => link.offline(),
    mend: () => link.online(),
    stall: () => link.stall(),
    flow: () => link.online(),
    lose: (text) => link.dropNext(['ack', 'push'], text),
  }
}
