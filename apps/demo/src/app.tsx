import { ChatProvider } from '@dowellchat/client/react'
import { lazy, Suspense, useEffect, useMemo } from 'react'
import { clientOf, letGoOfEarly } from './features/people/client.ts'
import type { Person } from './features/people/person.ts'
import { usePerson } from './features/people/use-person.ts'
import { Shell } from './features/shell/shell.tsx'
import { useIsFirstPage } from './features/shop/use-is-first-page.ts'

const ShopPage = lazy(async () => ({ default: (await import('./features/shop/shop-page.tsx')).ShopPage }))
const WhoAmI = lazy(async () => ({ default: (await import('./features/people/who-am-i.tsx')).WhoAmI }))

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
  const client = useMemo(() => clientOf(person), [person])
  // After the provider's own effect, which holds the client.
  useEffect(letGoOfEarly, [])
  return (
    <ChatProvider client={client}>
      <Shell />
    </ChatProvider>
  )
}
