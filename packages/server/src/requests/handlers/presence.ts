import type { PresenceRequests } from '@dowellchat/protocol'
import type { Handlers } from '../handler.ts'
import { notBuilt } from './not-built.ts'

export const presenceHandlers: Handlers<PresenceRequests> = {
  typing: () => notBuilt('typing'),
  set_presence: () => notBuilt('set_presence'),
  get_presence: () => notBuilt('get_presence'),
  get_room_presence: () => notBuilt('get_room_presence'),
  get_preferences: () => notBuilt('get_preferences'),
  set_preferences: () => notBuilt('set_preferences'),
}
