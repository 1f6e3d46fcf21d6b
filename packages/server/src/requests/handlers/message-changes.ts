import type { MessageChangeRequests } from '@dowellchat/protocol'
import type { Handlers } from '../handler.ts'
import { notBuilt } from './not-built.ts'

export const messageChangeHandlers: Handlers<MessageChangeRequests> = {
  edit_message: () => notBuilt('edit_message'),
  delete_message: () => notBuilt('delete_message'),
  react: () => notBuilt('react'),
  unreact: () => notBuilt('unreact'),
  pin_message: () => notBuilt('pin_message'),
  unpin_message: () => notBuilt('unpin_message'),
  get_pinned_messages: () => notBuilt('get_pinned_messages'),
  get_reactions: () => notBuilt('get_reactions'),
  get_message_versions: () => notBuilt('get_message_versions'),
}
