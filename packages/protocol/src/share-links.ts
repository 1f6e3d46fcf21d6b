import * as z from 'zod/mini'
import type { RequestDefs } from './define.ts'
import { Cid, Count, Counts, Id, StoredId, StoredText, TextOrNone, Time, WebAddress } from './fields.ts'
import { limits } from './limits.ts'

const Setting = TextOrNone.check(z.maxLength(limits.comment_length))
/** So many topics, as many as one line manager may serve. */
const Distribution = Counts.check(
  z.refine(
    (counts) => Object.keys(counts).length <= limits.served_topics,
    `expected at most ${limits.served_topics} topics`,
  ),
)
const Links = z.int().check(z.minimum(1), z.maximum(limits.share_links))

/** A link with which people open tickets without a login: so many tickets, so many of each topic, under these names. */
export const ShareLink = z.object({
  _id: Id,
  /** 20 digits: whoever knows it may use it. */
  link_id: Id,
  number_of_links: Count,
  /** How many are left. */
  available_links: Count,
  /** How many are left of each topic. */
  product_distribution: Counts,
  /** The address that was made of it. */
  link: StoredText,
  /** The names that are left. */
  usernames: z.array(StoredId),
  is_active: z.boolean(),
  created_at: Time,
})
export type ShareLink = z.infer<typeof ShareLink>

/** What V2 keeps for the whole workspace: texts of its own, which decide nothing here. */
export const MetaSetting = z.object({
  _id: Id,
  waiting_time: StoredText,
  operation_time: StoredText,
  created_at: Time,
})
export type MetaSetting = z.infer<typeof MetaSetting>

export const shareLinkRequests = {
  /** Makes a link. `usernames` are taken in their order; with fewer than links, the others get names of their own. */
  create_share_link: {
    payload: z.object({
      number_of_links: Links,
      product_distribution: Distribution,
      usernames: z.array(Id).check(z.maxLength(limits.share_links)),
      url: WebAddress,
      cid: Cid,
    }),
    data: ShareLink,
    errors: ['conflict', 'limit_reached'],
  },
  /** A link, by its `link_id`, whichever workspace the session is of. */
  get_share_link: { payload: z.object({ link_id: Id }), data: ShareLink, errors: ['not_found'] },
  /** Sets what V2 keeps for the workspace. */
  set_meta_setting: {
    payload: z.object({ waiting_time: Setting, operation_time: Setting }),
    data: MetaSetting,
  },
  get_meta_setting: { payload: z.object({}), data: z.nullable(MetaSetting) },
} as const satisfies RequestDefs
export type ShareLinkRequests = typeof shareLinkRequests
