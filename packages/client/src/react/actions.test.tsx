import { useEffect, useLayoutEffect } from 'react'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createFakeClient } from '../fake-client/index.ts'
import { openClient } from '../testing/chat.ts'
import { helloOf, openFakeServer } from '../testing/fake-server.ts'
import { uuid } from '../uuid.ts'
import { ChatProvider, useChatClient } from './chat-provider.tsx'
import { mount, mountHook } from './testing/mount.tsx'
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

it('[HK5] runs the function of the newest render, also from effects of the same one', async () => {
  const ran: string[] = []
  function Child({ run, id }: { id: string; run: (when: string) => Promise<unknown> }): null {
    useLayoutEffect(() => void run(`layout ${id}`), [run, id])
    useEffect(() => void run(`effect ${id}`), [run, id])
    return null
  }
  function Form({ id }: { id: string }) {
    const { run } = useAction(async (when: string) => ran.push(`${when} by ${id}`))
    return <Child run={run} id={id} />
  }
  const page = mount(<Form id="one" />)
  await expect.poll(() => ran.length).toBe(2)
  page.render(<Form id="two" />)
  await expect.poll(() => ran.length).toBe(4)
  expect(ran.slice(2)).toEqual(['layout two by two', 'effect two by two'])
})

it('[HK4] begins anew with another client: its user sees and gets nothing of what the last one did', async () => {
  const [ann, ben] = ['ann', 'ben'].map((user_id) => {
    const fake = createFakeClient({ user_id })
    onTestFinished(() => fake.close())
    return fake
  })
  if (!ann || !ben) throw new Error('There are two clients')
  ann.fail('create_ticket', 'forbidden')
  const answer = ann.hold('create_ticket')
  const shown: { client: unknown; isPending: boolean; code: string | undefined }[] = []
  let create: ReturnType<typeof useCreateTicket>['createTicket'] | undefined
  function Form(): null {
    const client = useChatClient()
    const { createTicket, isPending, error } = useCreateTicket()
    create = createTicket
    shown.push({ client, isPending, code: error?.code })
    return null
  }
  const pageOf = (client: typeof ann) => (
    <ChatProvider client={client}>
      <Form />
    </ChatProvider>
  )
  const page = mount(pageOf(ann))
  await expect.poll(() => create).toBeDefined()
  const failing = create?.({ product: 'billing' }).catch(() => undefined)
  await expect.poll(() => shown.at(-1)?.isPending).toBe(true)
  page.render(pageOf(ben))
  await expect.poll(() => shown.at(-1)?.client).toBe(ben)
  expect(shown.at(-1)).toMatchObject({ isPending: false, code: undefined })
  const created = create?.({ product: 'billing' })
  answer()
  await failing
  expect(await created).toMatchObject({ product: 'billing' })
  await expect.poll(() => shown.at(-1)).toMatchObject({ client: ben, isPending: false, code: undefined })
  expect(ben.requests.filter(({ name }) => name === 'create_ticket')).toHaveLength(1)
})
