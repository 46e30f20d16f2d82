import { onChange } from '#server/platform/changes.ts';
import { readViewer, type Viewer } from './viewer.ts';

/** Set by a page that fetches itself because it was told to: docs/decisions/live-pages.md. */
export const lookHeader = 'x-evolve-live';

/** Whether an open page looks whether anything has changed. */
export function isLook(request: Request): boolean {
	return request.method === 'GET' && request.headers.has(lookHeader);
}

/** Who asks is read anew after every change that could concern them, and no later than this. */
const knownMs = 1_000;

interface Known {
	viewer: Promise<Viewer | null>;
	/** Of the businesses that the viewer belongs to; null while they are being read. */
	businessIds: Set<string> | null;
}

const known = new Map<string, Known>();

onChange((businessId) => {
	for (const [token, { businessIds }] of known)
		if (businessId === null || businessIds === null || businessIds.has(businessId))
			known.delete(token);
});

/** The viewer of a look. Several pages of one browser are told at once: who they are is read once for all of them. */
export function readViewerOfLook(token: string | undefined): Promise<Viewer | null> {
	if (token === undefined) return Promise.resolve(null);
	const before = known.get(token);
	if (before) return before.viewer;

	const entry: Known = { viewer: readViewer(token), businessIds: null };
	const forget = (): void => {
		if (known.get(token) === entry) known.delete(token);
	};
	known.set(token, entry);
	entry.viewer.then((viewer) => {
		if (viewer?.current)
			entry.businessIds = new Set(viewer.memberships.map(({ businessId }) => businessId));
		else forget();
	}, forget);
	setTimeout(forget, knownMs).unref();
	return entry.viewer;
}
