import * as z from 'zod/mini'
import { topicName } from '../rules/topic-name.ts'
import { type ShareLink, shareLinkRequests } from '../share-links.ts'
import { Ignored, V2Id, V2Session, v2Id, v2Named } from './define.ts'

/** A link as V2 clients know it: its counts of topics are texts. */
export function v2ShareLink(link: ShareLink) {
  const { _id, link_id, number_of_links, available_links, product_distribution, is_active, created_at } = link
  const counts = Object.entries(product_distribution).map(([topic, count]) => [topic, String(count)])
  return {
    ...{ _id, link_id, number_of_links, available_links, product_distribution: Object.fromEntries(counts) },
    ...{ link: link.link, usernames: link.usernames, is_active, created_at },
  }
}

/** A whole number, or a text such as '3'. */
const V2Count = z.union([z.int(), z.string().check(z.regex(/^\d{1,6}$/, 'expected a number'))])
/** A text, or a number such as 12. */
const V2Text = z.union([z.string().check(z.maxLength(1_000)), z.number()])

/** Links and settings, which V2 asks for by names of its own. */
export const v2ShareLinkRequests = {
  generate_share_link: v2Named('create_share_link', shareLinkRequests.create_share_link, {
    payload: z.extend(V2Session, {
      number_of_links: V2Count,
      product_distribution: z.record(z.string(), V2Count),
      usernames: z.optional(z.array(V2Id)),
      url: z.string(),
      created_at: Ignored,
    }),
    keyed: true,
    event: 'share_link_response',
    operation: 'generate_share_link',
    toCurrent: ({ number_of_links, product_distribution, usernames = [], url }, { cid }) => ({
      number_of_links: Number(number_of_links),
      product_distribution: Object.fromEntries(
        Object.entries(product_distribution).map(([topic, count]) => [topicName(topic), Number(count)]),
      ),
      usernames: usernames.map(v2Id),
      url,
      cid,
    }),
    fromCurrent: ({ link }) => link,
  }),
  // Whoever has the link needs no key.
  get_share_link_details: v2Named('get_share_link', shareLinkRequests.get_share_link, {
    payload: z.object({ link_id: V2Id }),
    event: 'share_link_response',
    operation: 'get_share_link_details',
    toCurrent: ({ link_id }) => ({ link_id: v2Id(link_id) }),
    fromCurrent: (link) => [v2ShareLink(link)],
  }),
  create_meta_setting: v2Named('set_meta_setting', shareLinkRequests.set_meta_setting, {
    payload: z.extend(V2Session, { waiting_time: V2Text, operation_time: V2Text, created_at: Ignored }),
    keyed: true,
    event: 'setting_response',
    operation: 'create_meta_settings',
    toCurrent: ({ waiting_time, operation_time }) => ({
      waiting_time: String(waiting_time),
      operation_time: String(operation_time),
    }),
    fromCurrent: (setting) => setting,
  }),
  get_meta_setting: v2Named('get_meta_setting', shareLinkRequests.get_meta_setting, {
    payload: V2Session,
    keyed: true,
    event: 'setting_response',
    operation: 'get_meta_setting',
    toCurrent: () => ({}),
    fromCurrent: (setting) => (setting ? [setting] : []),
  }),
}
