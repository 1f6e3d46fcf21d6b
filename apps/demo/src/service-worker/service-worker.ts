import { readNote } from './note.ts'

// Runs beside the pages of the demo, also while none is open: shows what is pushed, and opens what is clicked.

declare const self: ServiceWorkerGlobalScope

self.addEventListener('install', () => void self.skipWaiting())
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))
self.addEventListener('push', (event) => event.waitUntil(show(event.data)))
self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(open(String(event.notification.data ?? '/')))
})

async function show(data: PushMessageData | null): Promise<void> {
  const { title, ...note } = readNote(data?.text() ?? '')
  const pages = await pagesOf()
  // Whoever looks at the page sees and hears it there.
  if (pages.some(({ focused, visibilityState }) => focused && visibilityState === 'visible')) return
  await self.registration.showNotification(title, {
    ...{ body: note.body, tag: note.tag, data: note.path },
    ...{ icon: '/icon-192.png', badge: '/badge.png', requireInteraction: note.isCall },
  })
}

async function open(path: string): Promise<void> {
  const [page] = await pagesOf()
  if (!page) {
    // Who it is for, so that they need not say again who they are.
    await self.clients.openWindow(`/${new URL(self.location.href).search}#${path}`)
    return
  }
  page.postMessage({ open: path })
  await page.focus()
}

function pagesOf(): Promise<readonly WindowClient[]> {
  return self.clients.matchAll({ type: 'window', includeUncontrolled: true })
}
