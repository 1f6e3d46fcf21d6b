import { type ChatClient, createChatClient } from '../client.ts'
import type { WidgetAuth, WidgetOptions } from './options.ts'

/** The visitor's client, which is connected while it is needed. */
export interface WidgetSession {
  readonly client: ChatClient
  readonly setConnected: (isConnected: boolean) => void
  /** Another token of the same visitor. @throws TypeError where it is another visitor */
  readonly update: (auth: WidgetAuth) => void
  /** Gives a guest another name, and connects again, since a name is part of connecting. */
  readonly rename: (name: string) => Promise<void>
  readonly close: () => void
}

export function openSession({ url, path, auth, storage }: WidgetOptions): WidgetSession {
  const nameKey = `dowellchat widget name ${url}`
  let given = auth
  const client = createChatClient({
    url,
    auth: named(auth, kept(nameKey)),
    ...(path !== undefined && { path }),
    ...(storage && { storage }),
  })
  let disconnect: (() => void) | undefined

  function setConnected(isConnected: boolean): void {
    if (isConnected) disconnect ??= client.connect()
    else {
      disconnect?.()
      disconnect = undefined
    }
  }

  return {
    client,
    setConnected,
    update(next) {
      client.update({ auth: named(next, kept(nameKey)) })
      given = next
    },
    async rename(name) {
      keep(nameKey, name)
      client.update({ auth: named(given, name) })
      client.close()
      setConnected(false)
      setConnected(true)
      await client.ready()
    },
    close() {
      setConnected(false)
      client.close()
    },
  }
}

/** A guest's name is what the page says, or else what the guest has said. */
function named(auth: WidgetAuth, name: string | null): WidgetAuth {
  return 'guest' in auth && auth.name === undefined && name ? { ...auth, name } : auth
}

function kept(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {}
}
