import { ChatProvider } from '@dowellchat/client/react'
import { useMemo } from 'react'
import { authOf } from './features/people/auth.ts'
import { usePerson } from './features/people/person.ts'
import { WhoAmI } from './features/people/who-am-i.tsx'
import { Shell } from './features/shell/shell.tsx'
import { chatUrl } from './settings.ts'

/** Asks who you are, then provides a client with that identity to everything below. */
export function App() {
  const person = usePerson()
  const auth = useMemo(() => person && authOf(person), [person])
  if (!auth) return <WhoAmI />
  return (
    <ChatProvider url={chatUrl} auth={auth}>
      <Shell />
    </ChatProvider>
  )
}
