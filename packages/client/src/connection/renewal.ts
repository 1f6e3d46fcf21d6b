import type { PushOf } from '@dowellchat/protocol'
import { backoffMs } from './retry.ts'
import type { ChatSocket } from './socket.ts'

export interface RenewalOptions {
  /** Resolves to undefined if there is no other token. */
  readonly freshToken: () => Promise<string | undefined>
  readonly onRenewed: (hello: PushOf<'hello'>, token: string) => void
}

const answerTimeoutMs = 10_000

type Renewed = { readonly status: 'success'; readonly data: PushOf<'hello'> } | { readonly status: 'failure' }

/**
 * Renews the token of an open connection when the server says that it expires, and tries again until the connection ends.
 * @returns renews it now
 */
export function createRenewal(socket: ChatSocket, { freshToken, onRenewed }: RenewalOptions): () => void {
  let attempt = 0

  async function renew(failures: number): Promise<void> {
    attempt += 1
    const own = attempt
    const { id } = socket
    const isWanted = (): boolean => own === attempt && socket.connected && socket.id === id
    const mayRetry = await ask(isWanted).catch(() => true)
    if (!mayRetry || !isWanted()) return
    setTimeout(() => isWanted() && void renew(failures + 1), backoffMs(failures))
  }

  /** Resolves to whether another attempt may help. Rejects if there is no token or no answer. */
  async function ask(isWanted: () => boolean): Promise<boolean> {
    const token = await freshToken()
    if (token === undefined || !isWanted()) return false
    const answer = await new Promise<Renewed>((resolve, reject) => {
      const settle = (error: Error | null, told?: unknown) =>
        error ? reject(error) : resolve(told as Renewed)
      socket.emit('renew_token', { token }, answerTimeoutMs, settle)
    })
    if (!isWanted()) return false
    if (answer.status !== 'success') return true
    onRenewed(answer.data, token)
    return false
  }

  const start = (): void => void renew(1)
  socket.on('token_expiring', start)
  return start
}
