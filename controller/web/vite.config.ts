/** The console: Preact by the automatic runtime, everything bundled, nothing inline (the page is served under `default-src 'self'`). */
export default {
  root: import.meta.dirname,
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    // Files inlined as data: URLs would be refused by the content security policy.
    assetsInlineLimit: 0,
    // The console, and the one page of the site of approvals.
    rolldownOptions: {
      input: ["index.html", "approve.html"].map((name) => `${import.meta.dirname}/${name}`),
    },
    // Web Awesome comes in one piece; splitting it saves nothing on a local network.
    chunkSizeWarningLimit: 1_500,
  },
};
