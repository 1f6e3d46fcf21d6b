import { expect, it, vi } from 'vitest'
import { openClient } from '../testing/chat.ts'
import { helloOf, openFakeServer } from '../testing/fake-server.ts'
import { uuid } from '../uuid.ts'
import { mountHook } from './testing/mount.tsx'
import { useAction } from './use-action.ts'
import { useCloseTicket, useCreateTicket } from './use-ticket-actions.ts'

const ticket = (product: string) => ({
  ...{ _id: uuid(), product, user_id: 'ann', display_name: null, line_manager: null },
  ...{ is_closed: false, client_created_at: null, closed_at: null },
  ...{ created_at: '2026-01-01T00:00:00.000Z', updated_at: '2026-01-01T00:00:00.000Z' },
  ...{ state: 'waiting', subject: null, priority: 'normal', tags: [], target: null, rating: null },
  ...{ enqueued_at: '2026-01-01T00:00:00.000Z', assigned_at: null, answered_at: null, waiting_time: null },
})

const refused = {
  status: 'failure',
  data: 'No',
  error: { code: 'conflict', message: 'No', retryable: false },
}

/** A page with the hook that creates tickets, at a server that answers as the test says. */
async function openForm() {
  const outcomes: ('refuse' | 'answer')[] = []
  const { url, received } = await openFakeServer({
    admit: () => helloOf('ann'),
    answers: {
      create_ticket: ({ product }: { product: string }) =>
        outcomes.shift() === 'refuse' ? refused : ticket(product),
    },
  })
  const form = mountHook(openClient(url, 'ann'), () => useCreateTicket())
  await expect.poll(() => form.client.connection.getSnapshot().status).toBe('online')
  const cids = (): unknown[] =>
    received
      .filter(([event]) => event === 'create_ticket')
      .map(([, payload]) => (payload as { cid: string }).cid)
  return { form, outcomes, cids }
}

it('[HK3] sends the same cid again after a failure, another after success or for another draft', async () => {
  const { form, outcomes, cids } = await openForm()
  outcomes.push('refuse', 'answer', 'answer', 'refuse', 'answer')
  const create = (product: string) => form.answer?.createTicket({ product }).catch(() => undefined)
  for (const product of ['billing', 'billing', 'billing', 'billing', 'sales']) await create(product)
  const [first, again, next, refusedOne, other] = cids()
  expect(again).toBe(first)
  expect(new Set([first, next, refusedOne, other]).size).toBe(4)
})

it('[HK4] makes one request of two presses, and shows that it is pending and why it failed', async () => {
  const { form, outcomes, cids } = await openForm()
  outcomes.push('refuse', 'answer')
  // Ignored, as a page does: nothing may end as an unhandled rejection.
  void form.answer?.createTicket({ product: 'billing' })
  void form.answer?.createTicket({ product: 'billing' })
  await expect.poll(() => form.answer).toMatchObject({ isPending: false, error: { code: 'conflict' } })
  expect(cids()).toHaveLength(1)
  expect(form.answers.some(({ isPending, error }) => isPending && error === null)).toBe(true)

  const before = form.renders
  await form.answer?.createTicket({ product: 'billing' })
  await expect.poll(() => form.answer).toMatchObject({ isPending: false, error: null })
  // The failure is gone as soon as it begins again.
  expect(form.answers[before]).toMatchObject({ isPending: true, error: null })
})

it('[HK4] runs what differs side by side', async () => {
  const { url, received } = await openFakeServer({
    admit: () => helloOf('ann'),
    answers: { close_ticket: () => refused },
  })
  const list = mountHook(openClient(url, 'ann'), () => useCloseTicket())
  await expect.poll(() => list.client.connection.getSnapshot().status).toBe('online')
  const [one, other] = [uuid(), uuid()]
  for (const id of [one, other]) void list.answer?.closeTicket(id)
  await expect.poll(() => list.answer?.error?.code).toBe('conflict')
  expect(received.map(([, payload]) => payload)).toEqual([{ ticket_id: one }, { ticket_id: other }])
})

it('[HK5] shows how any function goes, and keeps `run` while the function is another one', async () => {
  const { url } = await openFakeServer({ admit: () => helloOf('ann') })
  const act = vi.fn(async (text: string): Promise<string> => {
    if (text === 'bad') throw new RangeError('Bad')
    return text
  })
  const hook = mountHook(openClient(url, 'ann'), () => useAction((text: string) => act(text)))
  await expect.poll(() => hook.answer).toBeDefined()
  const run = hook.answer?.run
  void run?.('bad')
  await expect.poll(() => hook.answer?.error).toBeInstanceOf(RangeError)
  expect(await run?.('good')).toBe('good')
  await expect.poll(() => hook.answer).toMatchObject({ run, isPending: false, error: null })
})
