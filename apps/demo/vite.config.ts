import react from '@vitejs/plugin-react'
import { defaultClientConditions, defineConfig } from 'vite'

export default defineConfig({
  plugins: [react()],
  // Uses the SDK's source, so the demo builds without building the SDK first.
  resolve: { conditions: ['@dowellchat/source', ...defaultClientConditions] },
  server: {
    proxy: {
      '/socket.io': { target: 'http://localhost:4000', ws: true },
      '/demo': { target: 'http://localhost:4000' },
    },
  },
})
