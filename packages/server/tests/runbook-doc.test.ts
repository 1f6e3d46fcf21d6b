import { existsSync, readFileSync } from 'node:fs'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { defaultLimits } from '../src/limits.ts'
import { metricDefinitions } from '../src/metrics/definitions.ts'
import { groupsIn, isBalanced, metricsIn } from './support/promql.ts'

interface Alert {
  readonly alert: string
  readonly expr: string
  readonly for?: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: { readonly summary: string; readonly runbook: string }
}

const root = new URL('../../../', import.meta.url)
const read = (file: string) => readFileSync(new URL(file, root), 'utf8')
const page = read('docs/runbook.md')
const sections = page
  .split(/^## /m)
  .slice(1)
  .map((text) => ({ title: text.slice(0, text.indexOf('\n')), text }))
const { groups } = parse(read('examples/prometheus/alerts.yaml')) as { groups: { rules: Alert[] }[] }
const alerts = groups.flatMap(({ rules }) => rules)
const queries = [...page.matchAll(/```promql\n([^`]+)```/g)].flatMap(([, lines = '']) =>
  lines.trim().split('\n'),
)

/** Every metric that a server serves, with its labels. */
const labelsOf = new Map<string, readonly string[]>()
/** What Prometheus adds to each. */
const ofPrometheus = ['job', 'instance', 'quantile', 'le']

beforeAll(async () => {
  for (const { name, labels } of Object.values(metricDefinitions)) labelsOf.set(name, labels)
  const register = new Registry()
  collectDefaultMetrics({ register })
  for (const { name } of await register.getMetricsAsJSON()) labelsOf.set(name, [])
  labelsOf.set('up', [])
})

const bareName = (name: string) => name.replace(/_(bucket|sum|count)$/, '')

function expectAnswerable(query: string): void {
  expect(isBalanced(query), query).toBe(true)
  const asked = metricsIn(query)
  expect(asked, query).not.toEqual([])
  const known = asked.flatMap(({ name }) => labelsOf.get(name) ?? labelsOf.get(bareName(name)) ?? [])
  for (const { name, labels } of asked) {
    const own = labelsOf.get(name) ?? labelsOf.get(bareName(name))
    expect(own, `${name} in ${query}`).toBeDefined()
    for (const label of labels) expect([...(own ?? []), ...ofPrometheus], query).toContain(label)
  }
  for (const label of groupsIn(query)) expect([...known, ...ofPrometheus], query).toContain(label)
}

function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\w -]/g, '')
    .replaceAll(' ', '-')
}

describe('the runbook', () => {
  it('[OM41] says of each symptom how it shows, why it comes, what to do, and when it is over', () => {
    expect(sections.length).toBeGreaterThanOrEqual(12)
    for (const { title, text } of sections) {
      const parts = [...text.matchAll(/^\*\*(See\.|Causes\.|Do\.|Over when)\*\*/gm)].map(([, part]) => part)
      expect(parts, title).toEqual(['See.', 'Causes.', 'Do.', 'Over when'])
    }
  })

  it('[OM41] asks only for metrics and labels that there are', () => {
    expect(queries.length).toBeGreaterThan(20)
    for (const query of queries) expectAnswerable(query)
    for (const [, name = ''] of page.matchAll(/`((?:dowellchat|process|nodejs)_\w+)/g)) {
      expect([...labelsOf.keys()], name).toContain(labelsOf.has(name) ? name : bareName(name))
    }
  })

  it('[OM41] quotes only lines of the log that the page on operating explains', () => {
    const operating = read('docs/operating.md')
    const quoted = [...page.matchAll(/`([A-Z][a-z]+(?: [^`\s]+){2,})`/g)].map(([, line = '']) => line)
    expect(quoted.length).toBeGreaterThan(8)
    for (const line of quoted) expect(operating).toContain(`\`${line}\``)
  })

  it('[OM41] names only limits that there are', () => {
    const named = [...page.matchAll(/`(?:LIMITS=)?((?:[a-z]+[A-Z]\w*))(?:=\d+)?`/g)].map(([, name]) => name)
    expect(named.length).toBeGreaterThan(5)
    expect(Object.keys(defaultLimits)).toEqual(expect.arrayContaining(named))
  })

  it('[OM41] leads to sections and files that exist', () => {
    const anchors = sections.map(({ title }) => anchorOf(title))
    for (const [, target = ''] of page.matchAll(/\]\(([^)]+)\)/g)) {
      const [file, anchor] = target.split('#')
      if (file) expect(existsSync(new URL(`docs/${file}`, root)), target).toBe(true)
      else expect(anchors).toContain(anchor)
    }
  })
})

describe('the example of alerts', () => {
  it('[OM42] asks only for metrics and labels that there are', () => {
    expect(alerts.length).toBeGreaterThan(10)
    for (const { expr } of alerts) expectAnswerable(expr)
  })

  it('[OM42] names each alert once, how urgent it is, and a section that says what to do', () => {
    expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length)
    for (const { alert, labels, annotations } of alerts) {
      expect(['page', 'ticket'], alert).toContain(labels.severity)
      const [file = '', anchor] = annotations.runbook.split('#')
      const titles = [...read(file).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => anchorOf(title))
      expect(titles, alert).toContain(anchor)
    }
  })
})
