import { ConnectionError } from '../errors.ts'
import type { Observable } from '../live/observable.ts'
import type { ClientSession, ConnectionState } from './connection-state.ts'
import { warn } from './development.ts'

/** Resolves when the connection is up; rejects when it is refused or closed. */
export function readiness(state: Observable<ConnectionState>): Promise<ClientSession> {
  return new Promise((resolve, reject) => {
    let before: ConnectionState['status'] = 'idle'
    const stop = state.subscribe(look)
    look()
    if (before === 'idle') warn('nobodyConnects')

    function look(): void {
      const now = state.getSnapshot()
      const isClosed = now.status === 'idle' && before !== 'idle'
      before = now.status
      if (now.status === 'online') resolve(now.session)
      else if (now.status === 'refused') reject(now.error)
      else if (isClosed) reject(new ConnectionError('unavailable', 'The client was closed', false))
      else return
      stop()
    }
  })
}
