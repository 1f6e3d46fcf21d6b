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

/** How long a busy page may take to answer. */
const patienceMs = 3_000
/** After a click, Firefox lets windows be opened and shown for a second only. */
const clickPatienceMs = 500
const { search } = new URL(self.location.href)
const name = new URLSearchParams(search).get('name')

async function show(data: PushMessageData | null): Promise<void> {
  const { title, ...note } = readNote(data?.text() ?? '')
  const pages = await pagesOf()
  // Whoever looks at their page sees and hears it there.
  const seen = pages.filter(({ focused, visibilityState }) => focused && visibilityState === 'visible')
  if ((await ask(seen, patienceMs)).own) return
  await self.registration.showNotification(title, {
    ...{ body: note.body, tag: note.tag, data: note.path },
    ...{ icon: '/icon-192.png', badge: '/badge.png', requireInteraction: note.isCall },
  })
}

async function open(path: string): Promise<void> {
  const pages = (await pagesOf()).filter(({ frameType }) => frameType === 'top-level')
  const { own, silent } = await ask(pages, clickPatienceMs)
  const page = own ?? silent.find(isNamed)
  if (!page) {
    // Who it is for, so that they need not say again who they are.
    await self.clients.openWindow(`/${search}#${path}`)
    return
  }
  if (own) own.postMessage({ open: path })
  // It may not hear: its address leads it there.
  else page.navigate(Object.assign(new URL(page.url), { hash: path }).href).catch(() => undefined)
  await page.focus()
}

/** Whether a page's address names them for whom this worker is. */
function isNamed({ url }: WindowClient): boolean {
  const { pathname, searchParams } = new URL(url)
  return pathname === '/' && name !== null && searchParams.get('name') === name
}

interface Answers {
  /** The first page that says that it is theirs for whom this worker is. */
  readonly own?: WindowClient
  /** Pages that the browser has put to sleep, that are being loaded, or are older than this question. */
  readonly silent: readonly WindowClient[]
}

/** Asks pages whose they are: others of the same address are other people's, or nobody's. */
function ask(pages: readonly WindowClient[], waitMs: number): Promise<Answers> {
  return new Promise((resolve) => {
    const silent = new Set(pages)
    const end = (): void => resolve({ silent: [...silent] })
    setTimeout(end, pages.length > 0 ? waitMs : 0)
    for (const page of pages) {
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = ({ data }) => {
        silent.delete(page)
        if (data === true) resolve({ own: page, silent: [] })
        else if (silent.size === 0) end()
      }
      page.postMessage({ asksFor: name }, [port2])
    }
  })
}

function pagesOf(): Promise<readonly WindowClient[]> {
  return self.clients.matchAll({ type: 'window', includeUncontrolled: true })
}
