import type { ShareLinkRequests } from '@dowellchat/protocol'
import type { Handlers } from '../handler.ts'
import { notBuilt } from './not-built.ts'

export const shareLinkHandlers: Handlers<ShareLinkRequests> = {
  create_share_link: notBuilt,
  get_share_link: notBuilt,
  set_meta_setting: notBuilt,
  get_meta_setting: notBuilt,
}
