import { chatUrl } from '../../settings.ts'
import { tokenOf } from '../people/auth.ts'
import type { NamedPerson } from '../people/person.ts'

// What `examples/web-push` answers, at the address of the pages: a proxy in front of both leads `/push` to it.

const key = `${chatUrl}/push/key`
const subscriptions = `${chatUrl}/push/subscriptions`

/** Whether this browser can show notifications at all. */
export function canNotify(): boolean {
  return 'serviceWorker' in navigator && 'Notification' in window
}

/** Starts what shows notifications. It is told who it is for, so that it can open the page for them. */
export async function startWorker({ name, role }: NamedPerson): Promise<ServiceWorkerRegistration> {
  await navigator.serviceWorker.register(`/sw.js?${new URLSearchParams({ name, role })}`)
  return navigator.serviceWorker.ready
}

/** Has news of somebody pushed to this browser, also while no page is open. Answers false where nobody pushes. */
export async function subscribe(person: NamedPerson): Promise<boolean> {
  const registration = await startWorker(person)
  const applicationServerKey = await keyOfServer()
  if (applicationServerKey === null || !('pushManager' in registration)) return false
  const options = { userVisibleOnly: true, applicationServerKey }
  const subscription = await registration.pushManager.subscribe(options).catch(async () => {
    // It was made for another server's key.
    await (await registration.pushManager.getSubscription())?.unsubscribe()
    return registration.pushManager.subscribe(options)
  })
  await send('POST', { auth: { token: await tokenOf(person) }, subscription })
  return true
}

/** Ends what `subscribe` has begun; nothing where it has not. */
export async function unsubscribe(): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration()
  const subscription = await registration?.pushManager?.getSubscription()
  if (!subscription) return
  await subscription.unsubscribe()
  await send('DELETE', { endpoint: subscription.endpoint })
}

async function keyOfServer(): Promise<string | null> {
  const response = await fetch(key)
  if (!response.ok) return null
  const answer: unknown = await response.json().catch(() => null)
  const { key: found } = Object(answer) as { key?: unknown }
  return typeof found === 'string' ? found : null
}

async function send(method: 'POST' | 'DELETE', body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(subscriptions, { method, headers, body: JSON.stringify(body) })
  if (!response.ok)
    throw new Error('The server for notifications did not take this browser. Try again later.')
}
