/** A metric that a PromQL query asks for, and the labels that it names. */
export interface AskedMetric {
  readonly name: string
  readonly labels: readonly string[]
}

const words = new Set([
  ...['and', 'or', 'unless', 'by', 'without', 'on', 'ignoring', 'offset', 'bool', 'le', 'instance'],
  ...['sum', 'max', 'min', 'avg', 'count', 'rate', 'increase', 'changes', 'deriv', 'histogram_quantile'],
])

/** Takes the labels of `by (…)`, the texts, times and numbers out of a query. */
function withoutLabels(query: string): string {
  return query
    .replace(/"[^"]*"/g, '""')
    .replace(/\bby \([^)]*\)/g, '')
    .replace(/\[[^\]]*\]/g, '')
    .replace(/\boffset \w+/g, '')
    .replace(/\b\d[\w.]*/g, '')
}

/** The metrics in a query; it is read by its form alone, since Prometheus is not here to ask. */
export function metricsIn(query: string): AskedMetric[] {
  return [...withoutLabels(query).matchAll(/([a-zA-Z_]\w*)(\{[^}]*\})?/g)]
    .filter(([, name = '']) => !words.has(name))
    .map(([, name = '', labels = '']) => ({
      name,
      labels: [...labels.matchAll(/(\w+)\s*(?:=~|!=|!~|=)/g)].map(([, label = '']) => label),
    }))
}

/** The labels by which a query groups. */
export function groupsIn(query: string): string[] {
  return [...query.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, labels = '']) => labels.split(/,\s*/))
}

/** Whether every bracket is closed by its like. */
export function isBalanced(query: string): boolean {
  const open: string[] = []
  for (const [bracket] of query.replace(/"[^"]*"/g, '').matchAll(/[()[\]{}]/g)) {
    const opening = { ')': '(', ']': '[', '}': '{' }[bracket]
    if (opening === undefined) open.push(bracket)
    else if (open.pop() !== opening) return false
  }
  return open.length === 0
}
