import { ChatProvider } from '@dowellchat/client/react'
import { usePerson } from './features/people/person.ts'
import { WhoAmI } from './features/people/who-am-i.tsx'
import { Shell } from './features/shell/shell.tsx'
import { apiKey, chatUrl, workspaceId } from './settings.ts'

/** Asks who you are, then provides a client with that identity to everything below. */
export function App() {
  const person = usePerson()
  if (!person) return <WhoAmI />

  const { userId, name, role } = person
  const auth = { workspace_id: workspaceId, user_id: userId, name, role, ...(apiKey && { api_key: apiKey }) }
  return (
    <ChatProvider url={chatUrl} auth={auth}>
      <Shell />
    </ChatProvider>
  )
}
