import type { PushOf } from '@dowellchat/protocol'
import type { Socket } from 'socket.io-client'
import { backoffMs } from './retry.ts'

export interface RenewalOptions {
  /** Resolves to undefined if there is no other token. */
  readonly freshToken: () => Promise<string | undefined>
  readonly onRenewed: (hello: PushOf<'hello'>, token: string) => void
}

const answerTimeoutMs = 10_000

/**
 * Renews the token of an open connection when the server says that it expires, and tries again until the connection ends.
 * @returns renews it now
 */
export function createRenewal(socket: Socket, { freshToken, onRenewed }: RenewalOptions): () => void {
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
    const answer = await socket.timeout(answerTimeoutMs).emitWithAck('renew_token', { token })
    if (!isWanted()) return false
    if (answer.status !== 'success') return true
    onRenewed(answer.data, token)
    return false
  }

  const start = (): void => void renew(1)
  socket.on('token_expiring', start)
  return start
}
