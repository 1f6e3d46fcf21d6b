import { type ChatClient, createChatClient } from '../client.ts'
import type { WidgetAuth, WidgetOptions } from './options.ts'

/** The visitor's client, which is connected while it is needed. */
export interface WidgetSession {
  readonly client: ChatClient
  readonly setConnected: (isConnected: boolean) => void
  /** Another token of the same visitor. @throws TypeError where it is another visitor, or may be one */
  readonly update: (auth: WidgetAuth) => void
  /** Gives a guest another name, and connects again, since a name is part of connecting. */
  readonly rename: (name: string) => Promise<void>
  readonly close: () => void
}

export function openSession({ url, path, auth, storage }: WidgetOptions): WidgetSession {
  const nameKey = `dowellchat widget name ${url}`
  let given = auth
  // Whoever is a guest here after this user is somebody else.
  if (!('guest' in auth)) forget(nameKey)
  const client = createChatClient({
    url,
    auth: named(auth, kept(nameKey)),
    // Visitors go from page to page.
    outbox: { keep: true },
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
      if (mayBeOther(given, next)) throw new TypeError('Nobody knows whose tokens these are')
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

/** Another function may fetch another visitor's tokens, unless it is said whose they are. */
function mayBeOther(before: WidgetAuth, next: WidgetAuth): boolean {
  if (!('getToken' in next) || next.user_id !== undefined) return false
  return !('getToken' in before) || before.getToken !== next.getToken
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

function forget(key: string): void {
  try {
    localStorage.removeItem(key)
  } catch {}
}

function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {}
}
