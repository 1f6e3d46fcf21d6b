import { describeInChromium, patience } from '@dowellchat/browser'
import { expect, it } from 'vitest'
import { expectAccessible } from './support/accessibility.ts'
import { enter, goTo, openDemo, type Person, press, sees } from './support/demo.ts'
import { addAgent, lookIn, openDesk, openTicket } from './support/desk.ts'
import { picture } from './support/pictures.ts'

const agent = ({ page }: Person, name: string) =>
  page.getByRole('region', { name: 'Agents' }).getByRole('listitem').filter({ hasText: name })

describeInChromium('the agents', (chromium) => {
  it('[DS4] are chosen from people who exist: others are not found, and nobody twice', async () => {
    const { url } = await openDemo()
    const root = await enter(chromium, url, 'Root', 'admin')
    await lookIn(root, 'Meg Ortiz')
    await goTo(root, 'Admin')
    const search = root.page.getByRole('searchbox', { name: 'Name', exact: true })
    await search.fill('Nobody')
    await sees(root, 'Nobody’s name begins with “Nobody”')
    await addAgent(root, 'Meg Ortiz')
    await search.fill('meg')
    await expect
      .poll(() => root.page.getByRole('button', { name: /Is one already/ }).isDisabled(), patience)
      .toBe(true)
    expect(root.complaints).toEqual([])
  })

  it('[DS5] are edited, paused and removed; what they have goes back into the line', async () => {
    const { url } = await openDemo()
    const root = await enter(chromium, url, 'Root', 'admin')
    await openDesk(root)
    const meg = await enter(chromium, url, 'Meg', 'agent')
    await agent(root, 'Meg').getByText('Takes tickets').waitFor()

    await press(root, 'Edit Meg')
    const dialog = root.page.getByRole('dialog', { name: 'Meg' })
    await dialog.getByRole('spinbutton', { name: 'Capacity' }).fill('2')
    await dialog.getByRole('checkbox', { name: /^All/ }).uncheck()
    await expectAccessible(root, 'an agent being edited')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await agent(root, 'Meg')
      .getByText(/of 2 open .* Opening hours$/)
      .waitFor()

    await press(root, 'Pause Meg')
    await agent(root, 'Meg').getByText('Paused').waitFor()
    await press(root, 'Let Meg take tickets again')
    await agent(root, 'Meg').getByText('Takes tickets').waitFor()
    await picture(root, 'agents')

    await press(root, 'Remove Meg')
    await expectAccessible(root, 'a question before an agent is removed')
    await press(root, 'Remove')
    await sees(root, 'No agents yet')
    for (const one of [root, meg]) expect(one.complaints).toEqual([])
  })
})

describeInChromium('the board', (chromium) => {
  it('[DS6] shows who waits, who is there, and what was predicted, and follows without a reload', async () => {
    const { url } = await openDemo()
    const root = await enter(chromium, url, 'Root', 'admin')
    await openDesk(root)
    await goTo(root, 'Board')
    const figure = (label: string) => root.page.getByRole('definition').filter({ hasText: label })
    const early = await enter(chromium, url, 'Meg', 'agent')
    await sees(early, 'Connected')
    await figure('take tickets now').getByText('1 of 1').waitFor()
    await early.page.close()
    await figure('take tickets now').getByText('0 of 1').waitFor()
    const ann = await enter(chromium, url, 'Ann Keller')
    await goTo(ann, 'Tickets')
    await openTicket(ann, 'Opening hours')
    await figure('in the line').getByText('1', { exact: true }).waitFor()
    await figure('about Opening hours').getByText('under a minute').waitFor()
    await sees(root, 'Nobody is there')

    const meg = await enter(chromium, url, 'Meg', 'agent')
    await figure('take tickets now').getByText('1 of 1').waitFor()
    await figure('open tickets').getByText('1', { exact: true }).waitFor()
    await root.page.getByText('The figures').click()
    await root.page.getByRole('row', { name: /Ann Keller/ }).waitFor()
    await expectAccessible(root, 'the board')
    await picture(root, 'board')
    for (const one of [root, ann, meg]) expect(one.complaints).toEqual([])
  })

  it('[DS6] is not for customers', async () => {
    const { url } = await openDemo()
    const ann = await enter(chromium, url, 'Ann')
    await ann.page.goto(`${new URL('/', ann.page.url()).href}#/board`)
    await sees(ann, 'This page is for agents')
  })
})
