// Pages are drawn by the server and not hydrated: docs/decisions/pages-without-hydration.md.
export const csr = false;
