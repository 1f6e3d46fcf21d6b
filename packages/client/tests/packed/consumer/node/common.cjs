const sdk = require('@dowellchat/client')
const hooks = require('@dowellchat/client/react')
const testing = require('@dowellchat/server/testing')
const { journey } = require('./journey.cjs')

const hasCallEngine = () => Object.keys(require.cache).some((file) => file.includes('call-engine'))

async function main() {
  const before = hasCallEngine()
  const [react, dom] = [require('react'), require('react-dom/server')]
  const seen = await journey({ sdk, hooks, testing, react, dom })
  console.log(JSON.stringify({ ...seen, callEngine: [before, hasCallEngine()] }))
}

void main()
