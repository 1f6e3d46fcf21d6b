import { ChatProvider } from '@dowellchat/client/react'
import { useEffect, useMemo } from 'react'
import { lazyPart } from './components/lazy-part.tsx'
import { clientOf, letGoOfEarly } from './features/people/client.ts'
import type { Person } from './features/people/person.ts'
import { usePerson } from './features/people/use-person.ts'
import { Shell } from './features/shell/shell.tsx'
import { useIsFirstPage } from './features/shop/use-is-first-page.ts'

const ShopPage = lazyPart(async () => (await import('./features/shop/shop-page.tsx')).ShopPage)
const WhoAmI = lazyPart(async () => (await import('./features/people/who-am-i.tsx')).WhoAmI)

/** Shows the shop beside the desk, or asks who you are; then provides a client with that identity to everything below. */
export function App() {
  const person = usePerson()
  const isFirstPage = useIsFirstPage()
  if (person) return <Entered person={person} />
  return isFirstPage ? <ShopPage /> : <WhoAmI />
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
