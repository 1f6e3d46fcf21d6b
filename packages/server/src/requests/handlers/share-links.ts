import { randomInt } from 'node:crypto'
import type { ShareLinkRequests } from '@dowellchat/protocol'
import { RequestError } from '../../errors.ts'
import type { Handlers } from '../handler.ts'
import { requireRow } from './access.ts'

const linkDigits = 20

/** Nobody guesses one. */
function newLinkId(): string {
  return Array.from({ length: linkDigits }, () => randomInt(10)).join('')
}

/** @throws RequestError where the address is none of the web */
function linkOf(url: string, link_id: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (!parsed || !['http:', 'https:'].includes(parsed.protocol))
    throw new RequestError('invalid_payload', 'url: expected an address that begins with https:// or http://')
  parsed.searchParams.set('link_id', link_id)
  return parsed.href
}

export const shareLinkHandlers: Handlers<ShareLinkRequests> = {
  async create_share_link({ number_of_links, product_distribution, usernames, url, cid }, context) {
    const { session, store, fingerprint } = context
    const { workspace_id, user_id: created_by } = session
    const link_id = newLinkId()
    const link = { link_id, number_of_links, product_distribution, usernames, link: linkOf(url, link_id) }
    const creation = await store.shareLinks.create({ ...link, workspace_id, created_by, cid, fingerprint })
    return requireRow(creation, cid, `Link ${link_id}`).row
  },

  async get_share_link({ link_id }, { store }) {
    const found = await store.shareLinks.find(link_id)
    if (!found) throw new RequestError('not_found', 'There is no such link')
    return found.link
  },

  async set_meta_setting(setting, { session, store }) {
    return store.shareLinks.setMeta(session.workspace_id, setting)
  },

  async get_meta_setting(_payload, { session, store }) {
    return store.shareLinks.meta(session.workspace_id)
  },
}
