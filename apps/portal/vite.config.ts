import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// The server fills the placeholders in: a nonce for each answer, and the path below which the portal is reached.
export default defineConfig({
  plugins: [react()],
  base: './',
  html: { cspNonce: '__NONCE__' },
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1000,
  },
});
