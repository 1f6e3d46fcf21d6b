import type { MetaSetting, ShareLink } from '@dowellchat/protocol'
import { isoNow } from '../../time.ts'
import { repeated } from '../creation.ts'
import {
  givenBackLink,
  metaSettingFields,
  newShareLinkRow,
  type ShareLinkRow,
  shareLinkFields,
  toShareLink,
  usedLink,
} from '../fields/share-links.ts'
import { newId } from '../ids.ts'
import type { Creation, LinkUse, ShareLinkStore } from '../store.ts'
import type { Database } from './database.ts'
import { type Declaration, type Rows, type TenantRow, tenantFields } from './rows.ts'

export type ShareLinkDocument = ShareLinkRow & TenantRow
export type MetaSettingDocument = MetaSetting & TenantRow

const linkDeclaration: Declaration<ShareLinkDocument> = {
  fields: { ...tenantFields, ...shareLinkFields },
  shardKey: { workspace_id: 1 },
  indexes: [
    { name: 'id', key: { workspace_id: 1, _id: 1 } },
    { name: 'cid', key: { workspace_id: 1, created_by: 1, cid: 1 }, unique: true },
    // Twenty digits at random: whoever opens one does not know its workspace.
    { name: 'link_id', key: { link_id: 1, workspace_id: 1 } },
  ],
}

const metaDeclaration: Declaration<MetaSettingDocument> = {
  fields: { ...tenantFields, ...metaSettingFields },
  shardKey: { workspace_id: 1 },
  indexes: [
    { name: 'id', key: { workspace_id: 1, _id: 1 } },
    { name: 'workspace', key: { workspace_id: 1 }, unique: true },
  ],
}

/** The links' documents. */
export function shareLinkRows(database: Database): Rows<ShareLinkDocument> {
  return database.rows('share_links', linkDeclaration)
}

/** What V2 keeps for each workspace. */
export function metaSettingRows(database: Database): Rows<MetaSettingDocument> {
  return database.rows('meta_settings', metaDeclaration)
}

/** The links of each workspace. A use is a compare-and-set: whoever finds another revision than they read begins anew. */
export function mongoShareLinks(database: Database): ShareLinkStore {
  const links = shareLinkRows(database)
  const settings = metaSettingRows(database)
  const { persist } = database.deadlines

  return {
    create(link) {
      const { workspace_id, created_by, cid, fingerprint } = link
      const row = newShareLinkRow(link)
      return persist<Creation<ShareLink>>(async () => {
        if ((await links.insert([{ ...row, workspace_id }])) === 1)
          return { created: true, row: toShareLink(row) }
        const known = await links.get({ workspace_id, created_by, cid })
        return known ? repeated(known, fingerprint, toShareLink) : undefined
      })
    },

    async find(link_id) {
      const [row] = await links.findEverywhere({ link_id }, { limit: 1 })
      return row ? { workspace_id: row.workspace_id, link: toShareLink(row) } : null
    },

    use(workspace_id, link_id, product, cid) {
      return persist<LinkUse | 'used_up' | null>(async () => {
        const row = await links.get({ workspace_id, link_id })
        if (!row) return null
        const used = usedLink(row, product, cid)
        if (used === 'used_up' || !used.row) return used === 'used_up' ? used : used.use
        const { _id, revision } = row
        const taken = await links.change({ workspace_id, _id, revision }, { $set: used.row })
        return taken ? used.use : undefined
      })
    },

    async giveBack(workspace_id, taken) {
      await persist<true>(async () => {
        const row = await links.get({ workspace_id, link_id: taken.link_id })
        const $set = row && givenBackLink(row, taken)
        if (!$set) return true
        const { _id, revision } = row
        return (await links.change({ workspace_id, _id, revision }, { $set })) || undefined
      })
    },

    setMeta(workspace_id, { waiting_time, operation_time }) {
      return persist<MetaSetting>(async () => {
        const $set = { waiting_time, operation_time }
        const known = await settings.changeAndRead({ workspace_id }, { $set })
        if (known) return toSetting(known)
        const row = { _id: newId(), ...$set, created_at: isoNow() }
        return (await settings.insert([{ ...row, workspace_id }])) === 1 ? row : undefined
      })
    },

    async meta(workspace_id) {
      const row = await settings.get({ workspace_id })
      return row ? toSetting(row) : null
    },
  }
}

function toSetting({ workspace_id: _, ...setting }: MetaSettingDocument): MetaSetting {
  return setting
}
