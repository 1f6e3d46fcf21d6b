import { createChatClient, isRequestError, type LiveStream } from '@dowellchat/client'

// What a program without a DOM uses, as in React Native: nothing here may need its types.
const client = createChatClient({
  url: 'https://chat.example.com',
  auth: { getToken: async () => 'a token' },
  calls: { iceServers: [{ urls: 'stun:stun.example.com' }] },
})
const lobby: LiveStream = client.rooms.messages('lobby')

export async function greet(): Promise<string | undefined> {
  const release = lobby.retain()
  try {
    return (await lobby.send('Hello')).message_data
  } catch (error) {
    return isRequestError(error, 'message_event') ? error.code : undefined
  } finally {
    release()
  }
}

export const remote: unknown = client.calls.getSnapshot().current?.remote
