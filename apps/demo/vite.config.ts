import react from '@vitejs/plugin-react'
import { defaultClientConditions, defineConfig } from 'vite'

/** What dialogs and panels share, of which the first load has none. */
const later =
  /demo\/src\/(?:components\/(?:dialog|switch|segments)|features\/(?:chat\/side-panel|people\/presence-words|tickets\/(?:ticket-words|use-topic-title)))/
const shared = /demo\/src|client\/src|node_modules\/(?:react|react-dom|scheduler|wouter|lucide-react)\//

export default defineConfig({
  plugins: [react()],
  // Uses the SDK's source, so the demo builds without building the SDK first.
  resolve: { conditions: ['@dowellchat/source', ...defaultClientConditions] },
  build: {
    // Browsers without it load the same, a little later.
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { index: 'index.html', sw: 'src/service-worker/service-worker.ts' },
      output: {
        // A service worker keeps its address: browsers look there for a newer one.
        entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
        codeSplitting: {
          groups: [
            // What connects, with all that it needs, comes before React.
            { name: 'connection', test: /demo\/src\/features\/people\/client/, priority: 2 },
            // One file for what three parts or more share: many small ones compress worse.
            {
              name: 'shared',
              priority: 1,
              minShareCount: 3,
              test: (id: string) => shared.test(id) && !later.test(id),
            },
            { name: 'later', test: later },
          ],
        },
      },
    },
  },
  server: {
    proxy: {
      '/socket.io': { target: 'http://localhost:4000', ws: true },
      '/demo': { target: 'http://localhost:4000' },
      '/widget': { target: 'http://localhost:4000' },
    },
  },
})
