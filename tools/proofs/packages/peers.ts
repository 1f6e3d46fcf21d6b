/** Well-known chat SDKs: what is installed, and the least that an application imports to send and receive a message. */
export const peers = [
  {
    name: 'Ably Chat',
    packages: { ably: '2.28.0', '@ably/chat': '1.4.0' },
    program: `export { Realtime } from 'ably'; export { ChatClient } from '@ably/chat'`,
  },
  {
    name: 'Stream Chat',
    packages: { 'stream-chat': '9.53.0' },
    program: `export { StreamChat } from 'stream-chat'`,
  },
  {
    name: 'Sendbird Chat',
    packages: { '@sendbird/chat': '4.22.12' },
    program: `export { default as SendbirdChat } from '@sendbird/chat'; export { GroupChannelModule } from '@sendbird/chat/groupChannel'`,
  },
  {
    name: 'PubNub Chat',
    packages: { '@pubnub/chat': '1.0.2' },
    program: `export { Chat } from '@pubnub/chat'`,
  },
  {
    name: 'Liveblocks, React',
    packages: { '@liveblocks/client': '3.24.2', '@liveblocks/react': '3.24.2' },
    program: `export { LiveblocksProvider, RoomProvider, useThreads, useCreateComment } from '@liveblocks/react'`,
  },
] as const
