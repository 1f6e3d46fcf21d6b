import { AssertionError } from 'node:assert'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { aliasFields } from '../stores/fields/aliases.ts'
import { auditFields } from '../stores/fields/audit.ts'
import { blockFields } from '../stores/fields/blocks.ts'
import { callFields } from '../stores/fields/calls.ts'
import { cannedAnswerFields } from '../stores/fields/canned-answers.ts'
import { type AnyFields, namesOf } from '../stores/fields/field.ts'
import { keyFields } from '../stores/fields/keys.ts'
import { lineManagerFields } from '../stores/fields/line-managers.ts'
import { reportFields } from '../stores/fields/reports.ts'
import { metaSettingFields, shareLinkFields } from '../stores/fields/share-links.ts'
import { threadFields } from '../stores/fields/threads.ts'
import { ticketFields } from '../stores/fields/tickets.ts'
import { topicFields } from '../stores/fields/topics.ts'
import { userFields } from '../stores/fields/users.ts'
import type { Store } from '../stores/store.ts'
import { losesField } from './broken-stores/lost-field.ts'
import type { OpenFolder } from './broken-stores/main-thread-store.ts'
import { fieldCases } from './store-cases/fields.ts'
import type { StoreCase } from './store-cases/store-case.ts'

const entities = {
  topics: topicFields,
  lineManagers: lineManagerFields,
  tickets: ticketFields,
  cannedAnswers: cannedAnswerFields,
  shareLinks: shareLinkFields,
  calls: callFields,
  users: userFields,
  aliases: aliasFields,
  blocks: blockFields,
  threads: threadFields,
  reports: reportFields,
  keys: keyFields,
  audit: auditFields,
} satisfies Record<string, AnyFields>

type Entity = keyof typeof entities

/** Whether each method answers entities of its domain. */
const answersEntities: { readonly [E in Entity]: { readonly [M in keyof Store[E]]: boolean } } = {
  topics: { create: true, get: true, update: true, list: true },
  lineManagers: {
    create: true,
    get: true,
    update: true,
    remove: false,
    attend: true,
    absent: false,
    observe: false,
    finish: false,
    observed: false,
    serving: false,
    list: true,
  },
  tickets: {
    create: true,
    get: true,
    getSome: true,
    list: true,
    close: true,
    move: false,
    update: true,
    touch: false,
    firstText: false,
    firstSent: false,
    unsent: false,
    place: false,
    countInLine: false,
    ordersIn: false,
    takePredictions: false,
    firstInLine: true,
    claimed: true,
    has: false,
    handBack: true,
    overdue: false,
    assignWaiting: true,
    listOpen: true,
    shared: false,
    countWaiting: false,
  },
  cannedAnswers: { create: true, get: true, update: true, remove: false, list: true },
  shareLinks: { create: true, find: true, use: false, giveBack: false, setMeta: true, meta: true },
  calls: {
    create: true,
    get: true,
    history: true,
    transition: true,
    listOpen: true,
    listOpenOf: true,
    takeOver: false,
    owners: false,
    listOwned: true,
  },
  users: {
    see: false,
    left: false,
    update: true,
    set: false,
    get: true,
    settings: false,
    search: true,
    remove: false,
  },
  aliases: { create: true, get: true, among: true, list: true, removeAll: false },
  blocks: {
    create: true,
    get: true,
    blockers: false,
    pairs: false,
    list: true,
    remove: false,
    removeAll: false,
  },
  threads: { create: true, get: true, list: false, prune: false },
  reports: { create: true, get: true, list: true, resolve: true, forgetMessage: false },
  keys: {
    create: true,
    find: true,
    get: true,
    list: true,
    rotate: true,
    revoke: true,
    used: false,
    replaceUser: false,
  },
  audit: { append: false, count: false, list: true, forgetAddresses: false, replaceUser: false },
}

/** What the others of a domain's methods answer. */
const otherEntities: Readonly<Record<string, AnyFields>> = {
  'shareLinks.setMeta': metaSettingFields,
  'shareLinks.meta': metaSettingFields,
}

const methods = (Object.keys(entities) as Entity[]).flatMap((domain) =>
  Object.entries(answersEntities[domain])
    .filter(([, isAnswering]) => isAnswering)
    .map(([method]) => [domain, method] as const),
)

/** What a case says of a store; '' if it is content. */
async function complaintOf({ run }: StoreCase, open: OpenFolder): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'dowellchat-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  try {
    await run(() => open(folder))
    return ''
  } catch (error) {
    return error instanceof AssertionError ? error.message : ''
  }
}

it.each(methods)('the cases of a store name a field that %s.%s loses', async (domain, method) => {
  let cases = fieldCases
  const fields = otherEntities[`${domain}.${method}`] ?? entities[domain]
  for (const field of namesOf(fields, 'entity')) {
    const open = losesField(domain, method, field)
    const complaints: string[] = []
    for (const one of cases) {
      const complaint = await complaintOf(one, open)
      complaints.push(complaint)
      if (!complaint.includes(field)) continue
      // It is the one that names the next field, too: all of them for each field take long.
      cases = [one, ...fieldCases.filter((other) => other !== one)]
      break
    }
    expect(complaints.join(), `${domain}.${method} without ${field}`).toContain(field)
  }
})
