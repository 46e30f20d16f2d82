import type { AskView, RequestView, RoleView } from '../view.ts';
import type { ProductView } from '../../../parts/view.ts';

/** What can be set for a product, and by whom. */
export interface SettingsView {
	now: Date;
	zone: string;
	product: ProductView;
	/** The reader's own choice; null for those who cannot open it: there is nothing to choose. */
	tab: 'same' | 'new' | null;
	landing: LandingView;
	/** Null for those who need not ask. */
	ask: AskView | null;
	requests: RequestView[];
	roles: RoleView[];
	people: HolderView[];
	/** Members who cannot open it. */
	others: { id: string; name: string }[];
	exports: ExportsView;
	contact: { name: string; email: string; phone: string };
	vendor: { email: string | null; phone: string | null };
	endHref: string;
	/** Of what is not the reader's to change, who changes it. */
	granters: string[];
	/** What the reader may change. */
	may: { access: boolean; settings: boolean; exports: boolean };
}

/** Somebody who may open the product. */
export interface HolderView {
	id: string;
	name: string;
	initials: string;
	/** In the business. */
	standing: string;
	/** In the product: its slug, and as the product calls it. */
	role: string;
	roleName: string;
	since: Date;
}

export interface LandingView {
	/** `last`, `start` or the path of a place. */
	chosen: string;
	/** Where it is a place: what the product calls it. */
	label: string | null;
	always: boolean;
	/** What the product declared. */
	places: { path: string; label: string }[];
}

export interface ExportsView {
	/** What can be asked for. */
	kinds: { slug: string; name: string; description: string }[];
	asked: ExportView[];
	/** Whether the product is closed to the business, so that nobody could fetch a file. */
	closed: boolean;
}

export interface ExportView {
	id: string;
	name: string;
	/** Who asked for it. */
	who: string;
	askedAt: Date;
	status: 'asked' | 'preparing' | 'ready' | 'failed' | 'cancelled';
	expired: boolean;
	/** Where in the product the file is; null where there is none, or for those who may not fetch it. */
	path: string | null;
	bytes: number | null;
	message: string;
	expiresAt: Date | null;
}
