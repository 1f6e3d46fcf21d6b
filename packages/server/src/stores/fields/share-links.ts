import type { MetaSetting, ShareLink } from '@dowellchat/protocol'
import { isoNow } from '../../time.ts'
import type { ClientMade } from '../domains/rows.ts'
import type { LinkUse, NewShareLink, TakenLink } from '../domains/share-links.ts'
import { newId } from '../ids.ts'
import {
  boolean,
  clientMadeFields,
  type EntityFields,
  entityOf,
  inStore,
  integer,
  json,
  text,
} from './field.ts'

/** A link as every store keeps it. */
export interface ShareLinkRow extends Omit<ShareLink, 'product_distribution'>, ClientMade {
  /** As JSON: MongoDB does not take every name of a topic as a key. */
  readonly distribution_text: string
  readonly created_by: string
  /** Who has used it, and by which request; whether under a name that is none of the link's. */
  readonly uses: readonly (LinkUse & { readonly cid: string; readonly is_made_up?: true })[]
  /** How often it was changed: a use and an erasure at once do not undo each other. */
  readonly revision: number
}

export const shareLinkFields: EntityFields<ShareLinkRow, ShareLink> = {
  _id: text,
  link_id: text,
  number_of_links: integer,
  available_links: integer,
  link: text,
  usernames: json,
  is_active: boolean,
  created_at: text,
  distribution_text: inStore(text),
  created_by: inStore(text),
  uses: inStore(json),
  revision: inStore(integer),
  ...clientMadeFields,
}

const shown = entityOf<ShareLinkRow, ShareLink>(shareLinkFields)

export function toShareLink(row: ShareLinkRow): ShareLink {
  return { ...shown(row), product_distribution: distributionOf(row) }
}

function distributionOf({ distribution_text }: ShareLinkRow): ShareLink['product_distribution'] {
  // The text is one that `newShareLinkRow` has made.
  return JSON.parse(distribution_text) as ShareLink['product_distribution']
}

export function newShareLinkRow(link: NewShareLink): ShareLinkRow {
  const { link_id, number_of_links, product_distribution, usernames, cid, fingerprint, created_by } = link
  return {
    ...{ _id: newId(), link_id, number_of_links, available_links: number_of_links, link: link.link },
    ...{ usernames: [...usernames], is_active: true, created_at: isoNow() },
    ...{ distribution_text: JSON.stringify(product_distribution), created_by, uses: [], revision: 0 },
    ...{ cid, fingerprint },
  }
}

/** What a use changes of a row. */
export type UsedRow = Pick<
  ShareLinkRow,
  'available_links' | 'usernames' | 'is_active' | 'distribution_text' | 'uses' | 'revision'
>

/** What one more ticket takes of a link: itself, where the same request has taken it before; `used_up` where nothing is left. */
export function usedLink(
  row: ShareLinkRow,
  product: string,
  cid: string,
): { readonly use: LinkUse; readonly row: UsedRow | undefined } | 'used_up' {
  const known = row.uses.find((use) => use.cid === cid)
  if (known) return { use: { user_id: known.user_id }, row: undefined }
  const left = distributionOf(row)
  const ofTopic = Object.hasOwn(left, product) ? (left[product] ?? 0) : 0
  if (row.available_links <= 0 || ofTopic <= 0) return 'used_up'
  const [named, ...usernames] = row.usernames
  const user_id = named ?? `visitor-${newId()}`
  const available_links = row.available_links - 1
  return {
    use: { user_id },
    row: {
      available_links,
      usernames,
      is_active: available_links > 0,
      distribution_text: JSON.stringify({ ...left, [product]: ofTopic - 1 }),
      uses: [...row.uses, { user_id, cid, ...(named === undefined && { is_made_up: true }) }],
      revision: row.revision + 1,
    },
  }
}

/** A link without one of its uses; undefined where it has no such use, or its user was erased meanwhile. */
export function givenBackLink(row: ShareLinkRow, { user_id, product, cid }: TakenLink): UsedRow | undefined {
  const taken = row.uses.find((use) => use.cid === cid && use.user_id === user_id)
  if (!taken) return undefined
  const left = distributionOf(row)
  return {
    available_links: row.available_links + 1,
    usernames: taken.is_made_up ? row.usernames : [user_id, ...row.usernames],
    is_active: true,
    distribution_text: JSON.stringify({ ...left, [product]: (left[product] ?? 0) + 1 }),
    uses: row.uses.filter((use) => use !== taken),
    revision: row.revision + 1,
  }
}

/** A workspace's meta setting as every store keeps it. */
export const metaSettingFields: EntityFields<MetaSetting, MetaSetting> = {
  _id: text,
  waiting_time: text,
  operation_time: text,
  created_at: text,
}
