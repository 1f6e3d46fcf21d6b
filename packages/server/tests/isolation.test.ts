import { randomUUID } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { requests } from '@dowellchat/protocol'
import { v2Requests } from '@dowellchat/protocol/v2'
import { describe, expect, it, onTestFinished } from 'vitest'
import { folderAttachments } from '../src/attachments/folder/folder-attachments.ts'
import type { Logger } from '../src/logger.ts'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import { openChat, type TestSocket } from '../src/testing/connect.ts'
import { newFolder } from './support/files.ts'
import {
  canaryOf,
  keyOf,
  type People,
  people,
  type WorkspaceId,
  workspaces,
} from './support/two-workspaces.ts'

const uuid7 = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g

const cids = Array.from({ length: 12 }, () => randomUUID())

const changes = ['edit_message', 'react', 'unreact', 'pin_message', 'unpin_message', 'delete_message']
const changeCids = changes.map(() => randomUUID())
const draftCid = randomUUID()
const threadCid = randomUUID()
const uploadCid = randomUUID()
const lineCids = Array.from({ length: 5 }, () => randomUUID())

/** Every event of both dialects, well and badly, under the same names and cids in every workspace. */
async function useEveryEvent(
  workspace: WorkspaceId,
  { ann, agent, admin, tab, page }: People,
): Promise<Set<string>> {
  const key = keyOf(workspace)
  const text = canaryOf(workspace)
  const done = new Set<string>()
  const ask = async (
    socket: TestSocket,
    event: string,
    payload: object,
  ): Promise<Record<string, unknown>> => {
    done.add(`${[tab, page].includes(socket) ? 'v2' : 'current'} ${event}`)
    const { data } = await socket.ask(event, { ...key, ...payload })
    socket.emit(event, { ...key, ...payload, ticket_id: 7, room: { api_key: key.api_key } })
    return data as Record<string, unknown>
  }
  await ask(admin, 'create_topic', { name: text, cid: cids[0] })
  await ask(tab, 'create_topic', { name: 'Sales' })
  await ask(admin, 'create_line_manager', {
    user_id: 'max',
    positions_in_a_line: 1,
    average_serving_time: 4,
    is_unmanaged: true,
    cid: cids[1],
  })
  await ask(page, 'create_line_manager', {
    user_id: text,
    positions_in_a_line: '2',
    average_serving_time: '4',
  })
  for (const socket of [ann, tab, page]) {
    await ask(socket, 'get_all_topics', {})
    await ask(socket, 'get_all_line_managers', {})
  }

  await ask(ann, 'join', { room: 'lobby' })
  await ask(tab, 'join', { room: 'lobby' })
  tab.emit('join', { room: 'lobby' })
  const said = { room_id: 'lobby', message_data: text, cid: cids[2], author: key.api_key }
  const { seq, _id: message_id } = await ask(ann, 'message_event', said)
  await ask(tab, 'message_event', { room_id: 'lobby', message_data: text, author: text })
  const { epoch } = await ask(agent, 'get_messages', { stream: 'room:lobby', before: 10 })
  const position = { epoch, seq: 0, id: null }
  await ask(agent, 'get_entries', { stream: 'room:lobby', position })
  const message = { stream: 'room:lobby', seq, message_id }
  const thread = String(message_id)
  await ask(ann, 'start_thread', { ...message, cid: threadCid })
  await ask(ann, 'join_thread', { thread })
  await ask(ann, 'get_threads', { stream: 'room:lobby', threads: [thread] })
  await ask(ann, 'leave_thread', { thread })
  const words = { message_data: `${text}!`, reaction: text.slice(0, 30) }
  for (const [at, event] of changes.entries())
    await ask(event.endsWith('pin_message') ? agent : ann, event, {
      ...message,
      ...words,
      cid: changeCids[at],
    })
  for (const event of ['get_pinned_messages', 'get_reactions', 'get_message_versions'])
    await ask(agent, event, { ...message, ...words })

  const draft = { stream: 'room:lobby', cid: draftCid }
  await ask(agent, 'draft_message', { ...draft, from: 0, text })
  await ask(ann, 'get_drafts', draft)
  await ask(ann, 'stop_draft', draft)
  await ask(agent, 'end_draft', draft)

  await ask(ann, 'typing', { stream: 'room:lobby', is_typing: true })
  await ask(ann, 'get_room_presence', { room: 'lobby' })
  await ask(agent, 'get_presence', { user_ids: ['ann', 'agnes'] })
  await ask(ann, 'set_presence', { availability: 'away', status_text: text.slice(0, 100) })
  await ask(ann, 'set_preferences', { sends_receipts: false })
  await ask(ann, 'get_preferences', {})

  const { callId } = await ask(ann, 'callUser', { userToCall: 'agnes', signalData: text, cid: cids[3] })
  await ask(agent, 'answerCall', { callId, signal: text })
  await ask(ann, 'signalCall', { callId, nth: 1, signal: text })
  await ask(agent, 'resumeCall', { callId, seq: 0 })
  await ask(agent, 'reportCall', { callId, state: 'connected' })
  await ask(ann, 'endCall', { callId })
  await ask(agent, 'rejectCall', { callId })
  await ask(ann, 'get_calls', {})
  await ask(ann, 'get_ice_servers', {})
  await ask(tab, 'callUser', { userToCall: 'lobby', signalData: text, from: 'lobby', name: key.api_key })
  await ask(tab, 'endCall', {})
  await ask(agent, 'callUser', { userToCall: 'tab', signalData: text, cid: cids[4] })
  await ask(tab, 'answerCall', { signal: text, to: 'agent' })

  const { _id: anns } = await ask(ann, 'create_ticket', { product: text, cid: cids[5] })
  const { _id: pages } = await ask(page, 'create_ticket', { product: 'sales', user_id: 'carl' })
  await ask(tab, 'create_ticket', { product: 'sales' })
  for (const socket of [ann, agent, tab, page]) await ask(socket, 'get_tickets', { product: 'sales' })
  await ask(agent, 'join_ticket', { ticket_id: anns })
  await ask(ann, 'ticket_message_event', { ticket_id: anns, message_data: text, cid: cids[6] })
  await ask(tab, 'ticket_message_event', { ticket_id: anns, message_data: text, user_id: key.api_key })
  await ask(page, 'ticket_message_event', {
    ticket_id: pages,
    message_data: text,
    user_id: 'carl',
    reply_to: 'None',
  })
  const together = { cid: cids[10], message_data: text }
  await ask(ann, 'send_messages', { stream: `ticket:${anns}`, messages: [together] })
  await ask(ann, 'get_ticket', { ticket_id: anns })
  for (const socket of [ann, tab, page])
    await ask(socket, 'get_ticket_messages', { ticket_id: socket === page ? pages : anns })
  await ask(agent, 'leave_ticket', { ticket_id: anns })
  await ask(admin, 'close_ticket', { ticket_id: anns })
  await ask(tab, 'close_ticket', { ticket_id: anns, line_manager: 'max' })
  await ask(page, 'close_ticket', { ticket_id: pages, line_manager: 'max' })
  for (const socket of [ann, tab]) await ask(socket, 'leave', { room: 'lobby' })
  await ask(ann, 'renew_token', { token: key.api_key })
  await ask(admin, 'revoke_sessions', { user_id: text })
  await ask(tab, 'close_room', { room: 'lobby' })

  await useTheLine({ ...{ ann, agent, admin, tab, page }, text, ask })

  const newRoom = { kind: 'members', title: text, metadata: { text }, members: ['ann'], cid: cids[7] }
  const { _id: room } = await ask(agent, 'create_room', newRoom)
  await ask(ann, 'join', { room })
  await ask(ann, 'message_event', { room_id: room, message_data: text, cid: cids[8] })
  for (const event of ['get_room', 'get_room_members', 'get_rooms']) await ask(ann, event, { room })
  for (const event of ['mark_read', 'mark_unread', 'get_receipts'])
    await ask(agent, event, { stream: `room:${room}`, nth: 1 })
  await ask(agent, 'keep_room', { room, is_muted: true })
  await ask(agent, 'get_unread', {})
  const { invite } = await ask(agent, 'create_invite', { room, cid: cids[9] })
  await ask(admin, 'accept_invite', { invite })
  await ask(agent, 'update_room', { room, title: `${text}!` })
  await ask(agent, 'add_members', { room, members: ['tab', text] })
  await ask(agent, 'mute_member', { room, user_id: 'tab', for_ms: 60_000 })
  await ask(agent, 'remove_members', { room, members: ['ann'] })
  await ask(admin, 'leave_room', { room })
  await ask(agent, 'close_room', { room })

  const file = { name: 'x.txt', type: 'text/plain', size: 1, cid: uploadCid }
  const { upload_id } = await ask(ann, 'create_upload', file)
  await ask(ann, 'finish_upload', { upload_id })
  await ask(ann, 'get_attachment_url', { stream: 'room:lobby', seq: 1, message_id: upload_id, upload_id })
  await ask(ann, 'cancel_upload', { upload_id })
  await ask(ann, 'search', { text })

  await ask(ann, 'update_me', { name: text, metadata: { text } })
  await ask(ann, 'get_users', { user_ids: ['ann', 'agnes', 'max'] })
  await ask(agent, 'get_users', { text: text.slice(0, 4) })
  await ask(ann, 'block_user', { user_id: 'eve' })
  await ask(ann, 'get_blocked_users', {})
  const { report_id } = await ask(ann, 'report', { user_id: 'eve', reason: text, cid: cids[11] })
  await ask(admin, 'get_reports', {})
  await ask(admin, 'resolve_report', { report_id, resolution: text })
  await ask(ann, 'unblock_user', { user_id: 'eve' })

  // Nobody here has a key with scopes: these are refused.
  for (const [event, payload] of [
    ['create_key', { kind: 'server', cid: cids[7] }],
    ['get_keys', {}],
    ['rotate_key', { key_id: text, cid: cids[8] }],
    ['revoke_key', { key_id: text }],
    ['get_audit', {}],
    ['export_user', { user_id: text }],
    ['get_failed_deliveries', { webhook_id: text }],
    ['resume_webhook', { webhook_id: text }],
    ['replay_webhook', { webhook_id: text, since: '2026-01-01T00:00:00.000Z' }],
    ['erase_user', { user_id: text }],
  ] as const)
    await ask(admin, event, payload)

  // Names that a library could take for an event of its own.
  for (const socket of [ann, tab]) {
    socket.emit('error', { message: key.api_key, stack: key.api_key, api_key: key.api_key })
    socket.emit('api_key', key.api_key)
  }
  return done
}

interface OnTheLine extends People {
  readonly text: string
  readonly ask: (socket: TestSocket, event: string, payload: object) => Promise<Record<string, unknown>>
}

/** What agents do with tickets, and what the line, canned answers and links are asked for. */
async function useTheLine({ ann, agent, admin, tab, page, text, ask }: OnTheLine): Promise<void> {
  await ask(admin, 'create_line_manager', {
    ...{
      user_id: 'agnes',
      positions_in_a_line: 3,
      average_serving_time: 4,
      is_unmanaged: true,
      cid: lineCids[0],
    },
  })
  await ask(agent, 'set_line_availability', { availability: 'online' })
  await ask(admin, 'update_line_manager', { user_id: 'max', is_active: false })
  await ask(admin, 'update_topic', { name: text, title: text, away_text: text })
  const asked = { product: text, subject: text, message_data: text, cid: lineCids[1] }
  const { _id: ticket_id } = await ask(ann, 'create_ticket', asked)
  await ask(ann, 'get_estimate', { product: text })
  await ask(agent, 'claim_ticket', { ticket_id })
  await ask(agent, 'claim_next', { cid: lineCids[2] })
  await ask(agent, 'update_ticket', {
    ticket_id,
    subject: text,
    tags: [text.slice(0, 10)],
    metadata: { text },
  })
  await ask(agent, 'assign_ticket', { ticket_id, line_manager: 'agnes' })
  await ask(agent, 'transfer_ticket', { ticket_id, line_manager: 'max', reason: text })
  await ask(agent, 'hold_ticket', { ticket_id, is_on_hold: true, reason: text })
  await ask(agent, 'join_notes', { ticket_id })
  const note = { cid: lineCids[3], message_data: text }
  await ask(agent, 'send_messages', { stream: `notes:${ticket_id}`, messages: [note] })
  await ask(agent, 'leave_notes', { ticket_id })
  await ask(admin, 'close_ticket', { ticket_id })
  await ask(ann, 'rate_ticket', { ticket_id, score: 4, comment: text })
  await ask(ann, 'get_transcript', { ticket_id, format: 'text' })
  await ask(agent, 'reopen_ticket', { ticket_id })
  await ask(tab, 'reopen_ticket', { ticket_id, product: text })

  const { _id: answer_id } = await ask(admin, 'create_canned_answer', {
    ...{ title: text, text, cid: lineCids[4] },
  })
  await ask(admin, 'update_canned_answer', { answer_id, text: `${text}!` })
  await ask(agent, 'get_canned_answers', {})
  await ask(admin, 'delete_canned_answer', { answer_id })

  const links = { number_of_links: 2, product_distribution: { [text]: 2 }, usernames: [text], url: text }
  const { link_id } = await ask(admin, 'create_share_link', { ...links, cid: lineCids[4] })
  await ask(ann, 'get_share_link', { link_id })
  await ask(tab, 'generate_share_link', links)
  await ask(page, 'get_share_link_details', { link_id })
  const settings = { waiting_time: text, operation_time: text }
  await ask(admin, 'set_meta_setting', settings)
  await ask(ann, 'get_meta_setting', {})
  await ask(tab, 'create_meta_setting', settings)
  await ask(tab, 'get_meta_setting', {})

  const days = { line_manager: 'max', product: text, ticket_date: '2026_01_01' }
  for (const event of ['get_tickets_by_date', 'get_unread_messages', 'queue_update'])
    await ask(tab, event, days)
  for (const event of ['merge_line', 'split_line']) {
    await ask(admin, event, { from: 'max', to: 'agnes' })
    await ask(tab, event, { line_manager_1: 'max', line_manager_2: 'agnes', product: text })
  }
  await ask(admin, 'remove_line_manager', { user_id: 'max' })
}

function heardBy(people: People): string {
  return JSON.stringify(Object.values(people).map(({ frames, answers }) => [frames, answers]))
}

describe('two workspaces side by side', () => {
  it('[WS1] hear, read and learn nothing of each other, and nobody hears, logs or stores a key', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dowellchat-isolation-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const log: string[] = []
    const keep = (fields: object, message: string) => {
      const withErrors = (_key: string, value: unknown) =>
        value instanceof Error ? `${value.stack} ${JSON.stringify(value)}` : value
      log.push(JSON.stringify([message, fields], withErrors))
    }
    const logger: Logger = { info: keep, warn: keep, error: keep }
    const store = await embeddedStore({ path: folder })
    const chat = await openChat(onTestFinished, {
      store,
      workspaces: workspaces.map((one) => ({ ...one, search: true })),
      attachments: folderAttachments({ folder: await newFolder() }),
      logger,
    })
    const [demo, other] = [await people(chat, 'demo'), await people(chat, 'other')]
    for (const auth of [
      { ...keyOf('demo'), api_key: 'canary-key-of-other' },
      { ...keyOf('other'), user_id: '' },
    ]) {
      const refused = chat.open({ protocol: 1, user_id: 'eve', ...auth })
      expect(await refused.heard(1)).toMatchObject([['connect_error', { code: 'unauthenticated' }]])
    }

    const [done] = await Promise.all([useEveryEvent('demo', demo), useEveryEvent('other', other)])
    const everybody = [...Object.values(demo), ...Object.values(other)]
    for (const socket of everybody) await socket.heard()

    const everyEvent = [
      ...Object.keys(requests).map((event) => `current ${event}`),
      ...Object.keys(v2Requests).map((event) => `v2 ${event}`),
    ]
    const left = everyEvent.filter((event) => !done.has(event))
    expect(left.join(', '), 'events without a step in `useEveryEvent`: add one for each').toBe('')
    expect([...done].sort()).toEqual(everyEvent.sort())
    const [byDemo, byOther] = [heardBy(demo), heardBy(other)]
    expect(byDemo).toContain(canaryOf('demo'))
    expect(byOther).toContain(canaryOf('other'))
    expect(byDemo).not.toContain(canaryOf('other'))
    expect(byOther).not.toContain(canaryOf('demo'))
    const [idsOfDemo, idsOfOther] = [byDemo, byOther].map((text) => new Set(text.match(uuid7)))
    expect(idsOfOther?.size).toBeGreaterThan(20)
    expect([...(idsOfDemo ?? [])].filter((id) => idsOfOther?.has(id))).toEqual([])

    const keys = /canary-key/
    expect(byDemo).not.toMatch(keys)
    expect(byOther).not.toMatch(keys)
    await chat.close()
    expect(log.filter((line) => keys.test(line))).toEqual([])
    expect(log.filter((line) => /canary-text/.test(line))).toEqual([])
    const stored = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((file) => file.isFile())
      .map(({ parentPath, name }) => readFileSync(join(parentPath, name)))
    expect(stored.some((bytes) => bytes.includes(canaryOf('demo')))).toBe(true)
    expect(stored.filter((bytes) => bytes.includes('canary-key'))).toEqual([])
  })
})
