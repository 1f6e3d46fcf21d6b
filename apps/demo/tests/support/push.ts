import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Chromium } from '@dowellchat/browser'
import type { TestServer } from '@dowellchat/server/testing'
import { onTestFinished } from 'vitest'
import { createPushServer } from '../../../../examples/web-push/push-server.ts'
import { fileSubscriptions } from '../../../../examples/web-push/subscriptions.ts'
import { askChatServer } from '../../../../examples/web-push/who-is.ts'
import { secret, webhookTo } from '../../../../packages/server/tests/support/receiver.ts'
import { openDemo, type Person, press } from './demo.ts'

export interface PushScene {
  readonly server: TestServer
  /** What the push server has sent, by the address of the browser. */
  readonly pushed: { readonly endpoint: string; readonly payload: string }[]
  /** How many browsers of somebody are known. */
  readonly browsersOf: (userId: string) => Promise<number>
  /** Opens the demo in a browser that a push service knows, with the push server at the page's own address. */
  readonly enter: (chromium: Chromium, name: string) => Promise<Person>
}

const endpoint = 'https://push.example/ann'

/** The demo, and the example of Web Push behind its webhook. In place of push services, the test delivers what is sent. */
export async function openPushScene(): Promise<PushScene> {
  const folder = mkdtempSync(join(tmpdir(), 'dowellchat-push-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const pushed: PushScene['pushed'] = []
  const subscriptions = await fileSubscriptions(join(folder, 'subscriptions.json'))
  let chatUrl = ''
  const pushes = createPushServer({
    origins: [],
    // An elliptic curve's point, as browsers want it.
    publicKey: 'BDd3_hVL9fZi9Ybo2UUzA284WG5FZR30_95YeZJsiApwXKpNcF1rRPF3foIiBHXRdJI2Qhumhf6_LFTeZaNndIo',
    webhookSecret: secret,
    subscriptions,
    pushServices: ['push.example'],
    whoIs: (auth) => askChatServer(chatUrl)(auth),
    push: async (subscription, payload) => {
      pushed.push({ endpoint: subscription.endpoint, payload })
      return true
    },
  })
  await new Promise<void>((resolve) => pushes.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void pushes.close())
  const pushUrl = `http://127.0.0.1:${(pushes.address() as AddressInfo).port}`
  const webhooks = [webhookTo({ url: `${pushUrl}/push/hook` }, { id: 'web-push', events: ['unread'] })]
  const server = (await openDemo({ webhooks })) as TestServer
  chatUrl = server.url
  return {
    server,
    pushed,
    browsersOf: async (user_id) => (await subscriptions.of({ workspace_id: 'demo', user_id })).length,
    async enter(chromium, name) {
      const person = await chromium.open('about:blank', { permissions: ['notifications'] })
      await person.context.addInitScript(subscribing, endpoint)
      // As a proxy in front of both servers.
      await person.context.route(/\/push\//, async (route) => {
        const { pathname } = new URL(route.request().url())
        // A page that is closed waits for no answer.
        await route
          .fetch({ url: pushUrl + pathname })
          .then((response) => route.fulfill({ response }))
          .catch(() => undefined)
      })
      await person.page.goto(`${server.url}/?${new URLSearchParams({ name, role: 'customer' })}`)
      await press(person, 'Enter')
      return person
    },
  }
}

/** Runs in the page: subscribes to a push service that a browser without Google's would not reach. */
function subscribing(address: string): void {
  let subscription: object | null = null
  Object.assign(PushManager.prototype, {
    getSubscription: async () => subscription,
    subscribe: async () => {
      const unsubscribe = async () => {
        subscription = null
        return true
      }
      const keys = {
        p256dh: 'BDd3_hVL9fZi9Ybo2UUzA284WG5FZR30_95YeZJsiApwXKpNcF1rRPF3foIiBHXRdJI2Qhumhf6_LFTeZaNndIo',
        auth: 'DGv6ra1nlYgDCS1FRnbzlw',
      }
      subscription = { endpoint: address, unsubscribe, toJSON: () => ({ endpoint: address, keys }) }
      return subscription
    },
  })
}

/** Delivers what was pushed to a browser's service worker, as a push service does. */
export async function deliver({ context, page }: Person, origin: string, data: string): Promise<void> {
  const session = await context.newCDPSession(page)
  const registered = new Promise<string>((resolve) => {
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const found = registrations.find(({ scopeURL }) => scopeURL.startsWith(origin))
      if (found) resolve(found.registrationId)
    })
  })
  await context.serviceWorkers()[0]?.evaluate(countShown)
  await session.send('ServiceWorker.enable')
  await session.send('ServiceWorker.deliverPushMessage', { origin, registrationId: await registered, data })
  await session.detach()
}

/** Somebody looks at something else than their page, which shows notifications from now on. */
export async function lookAway({ page }: Person): Promise<void> {
  await page.evaluate(countShown)
  await page.evaluate(() => Object.assign(document, { hasFocus: () => false }))
}

interface ShownScope {
  /** How many notifications have been shown since the last count began, and how many are about to be. */
  shown?: { ended: number; open: number }
}

/** Runs in a page or a service worker: counts from now on what it shows. */
function countShown(): void {
  const scope = globalThis as ShownScope
  if (scope.shown) {
    scope.shown.ended = 0
    return
  }
  const shown = { ended: 0, open: 0 }
  scope.shown = shown
  const { prototype } = ServiceWorkerRegistration
  const { showNotification } = prototype
  prototype.showNotification = async function (...given) {
    shown.open += 1
    try {
      await showNotification.apply(this, given)
      shown.ended += 1
    } finally {
      shown.open -= 1
    }
  }
}

/** Whether something has been shown since it was delivered or somebody looked away, and nothing is about to be. */
export async function hasShown({ context }: Person): Promise<boolean> {
  const read = () => (globalThis as ShownScope).shown
  const counts = await Promise.all([
    ...context.serviceWorkers().map((worker) => worker.evaluate(read)),
    // A page may be on its way to another.
    ...context.pages().map((page) => page.evaluate(read).catch(() => undefined)),
  ])
  const known = counts.filter((count) => count !== undefined)
  return known.some(({ ended }) => ended > 0) && known.every(({ open }) => open === 0)
}

/**
 * The notifications that a browser shows, as its service worker knows them, once something was shown. Not before: Chromium
 * forgets for good what is asked for after it was noted and before it is on the screen.
 */
export async function notes(person: Person): Promise<{ title: string; body: string; data: unknown }[]> {
  const [worker] = person.context.serviceWorkers()
  if (!worker || !(await hasShown(person))) return []
  return worker.evaluate(async () => {
    const { registration } = globalThis as unknown as { registration: ServiceWorkerRegistration }
    const shown = await registration.getNotifications()
    return shown.map(({ title, body, data }) => ({ title, body, data }))
  })
}

/** Takes away the notifications that a browser shows. */
export async function clear({ context }: Person): Promise<void> {
  const [worker] = context.serviceWorkers()
  await worker?.evaluate(async () => {
    const { registration } = globalThis as unknown as { registration: ServiceWorkerRegistration }
    for (const one of await registration.getNotifications()) one.close()
  })
}

/** Has a browser's service worker show a notification that opens a page. */
export async function show({ context }: Person, path: string): Promise<void> {
  const [worker] = context.serviceWorkers()
  await worker?.evaluate(async (data) => {
    const { registration } = globalThis as unknown as { registration: ServiceWorkerRegistration }
    await registration.showNotification('News', { data })
  }, path)
}

/** Clicks the notification that a browser shows. */
export async function click({ context }: Person): Promise<void> {
  const [worker] = context.serviceWorkers()
  await worker?.evaluate(async () => {
    const scope = globalThis as unknown as EventTarget & {
      registration: ServiceWorkerRegistration
      NotificationEvent: new (type: string, init: { notification: Notification }) => Event
    }
    const [notification] = await scope.registration.getNotifications()
    if (notification) scope.dispatchEvent(new scope.NotificationEvent('notificationclick', { notification }))
  })
}

/** Has a browser's service worker note which windows it opens, which it may not after a click that no person has made. */
export async function openedWindows({ context }: Person): Promise<() => Promise<string[]>> {
  const [worker] = context.serviceWorkers()
  if (!worker) throw new Error('There is no service worker')
  await worker.evaluate(() => {
    const scope = globalThis as unknown as { clients: { openWindow: object }; opened: string[] }
    scope.opened = []
    scope.clients.openWindow = async (url: string) => void scope.opened.push(url)
  })
  return () => worker.evaluate(() => (globalThis as unknown as { opened: string[] }).opened)
}
