import { ChatProvider } from '@dowellchat/client/react'
import { lazy, Suspense } from 'react'
import { authOf } from './features/people/auth.ts'
import { guestStorageOf } from './features/people/guest-storage.ts'
import { type Person, usePerson } from './features/people/person.ts'
import { Shell } from './features/shell/shell.tsx'
import { useIsFirstPage } from './features/shop/use-is-first-page.ts'
import { chatUrl } from './settings.ts'

const ShopPage = lazy(async () => ({ default: (await import('./features/shop/shop-page.tsx')).ShopPage }))
const WhoAmI = lazy(async () => ({ default: (await import('./features/people/who-am-i.tsx')).WhoAmI }))

/** Unsent messages outlive a reload of the page. */
const outbox = { keep: true }

/** Scrolling loads what was let go of again. */
const keptMessages = { atEnd: 200, scrolledUp: 1_000 }

/** Shows the shop beside the desk, or asks who you are; then provides a client with that identity to everything below. */
export function App() {
  const person = usePerson()
  const isFirstPage = useIsFirstPage()
  if (person)
    return (
      <Suspense>
        <Entered person={person} />
      </Suspense>
    )
  return <Suspense>{isFirstPage ? <ShopPage /> : <WhoAmI />}</Suspense>
}

function Entered({ person }: { readonly person: Person }) {
  const storage = guestStorageOf(person)
  return (
    <ChatProvider
      url={chatUrl}
      auth={authOf(person)}
      outbox={outbox}
      keptMessages={keptMessages}
      {...(storage && { storage })}
    >
      <Shell />
    </ChatProvider>
  )
}
